package dev.braid.worker.jvm.layer;

import dev.braid.worker.data.States;
import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Layers that are computed one after another, and their gradients in the other direction.
 *
 * <pre>
 *   begin      mode, size and random numbers of a mini-batch
 *   input      its numbers, one input after another
 *   forward    plans memory where sizes are new; then each layer
 *   gradient   of what it is the end of, written by whoever knows
 *   backward   each layer that learns or lies before one, from last to first
 * </pre>
 *
 * Values are numbered, the inputs first. One thread computes.
 */
public final class Graph {
  private final Value[] values;
  private final int numInputs;
  private final Place[] places;
  private final int[] ends;
  private final boolean[] endAdds;
  private final Arena arena = new Arena();
  private final float[][] cleaned;
  private Mode mode = Mode.INFERENCE;
  private int size;
  private long key;
  private States states;
  private int version;
  private int[] planned = {};
  private int[] wanted = {};
  private int changes;

  /**
   * @param inputs their shapes
   * @param layers each reads only values before its own
   * @param firstLayer place of the first of them in a whole network
   * @param ends the values whose gradients the backward pass begins with; no end twice
   * @param tensors of a layer, in the order of its parameters
   */
  public Graph(
      List<Shape> inputs,
      List<LayerPlan> layers,
      int firstLayer,
      int[] ends,
      KernelSet kernels,
      Function<LayerPlan, List<LayerTensor>> tensors) {
    numInputs = inputs.size();
    values = new Value[numInputs + layers.size()];
    places = new Place[layers.size()];
    cleaned = new float[numInputs][];
    Arrays.setAll(cleaned, i -> new float[0]);
    this.ends = ends.clone();
    endAdds = new boolean[ends.length];
    for (int i = 0; i < numInputs; i++) {
      values[i] = new Value(inputs.get(i));
    }
    int states = 0;
    for (int i = 0; i < places.length; i++) {
      LayerPlan layer = layers.get(i);
      Value[] sources =
          layer.node().sources().stream()
              .map(source -> values[source.index()])
              .toArray(Value[]::new);
      int index = firstLayer + i;
      places[i] = new Place(this, layer, index, sources, tensors.apply(layer), states, kernels);
      values[numInputs + i] = places[i].result;
      states += places[i].numStates();
    }
  }

  /** Promises that the tensors stay as they are until another version is told; 0 does not. */
  public void version(int version) {
    this.version = version;
  }

  int version() {
    return version;
  }

  /** Keeps these layers as they are: they are computed as in inference. */
  public void freeze(Set<String> layers) {
    for (Place place : places) {
      place.freeze(layers);
    }
    changes++;
  }

  /**
   * Begins a mini-batch.
   *
   * @param key source of its random numbers
   * @param states that layers begin with and leave theirs in; null where they begin with 0
   */
  public void begin(Mode mode, int size, long key, States states) {
    this.mode = mode;
    this.size = size;
    this.key = key;
    this.states = states;
  }

  /**
   * Takes over an input: the array itself, unless there is more than 0 at its padding.
   *
   * @param at where its numbers begin
   * @param time to how many steps it is padded, where it is ragged
   * @param lengths steps of each example; null where it is not ragged
   */
  public void input(int i, float[] numbers, int at, int time, int[] lengths) {
    Value value = values[i];
    value.steps(time, lengths);
    int count = Math.toIntExact(value.size(size));
    value.numbers.bind(numbers, at, count);
    if (value.hasPaddingToClear(value.numbers)) {
      cleaned[i] = cleaned[i].length >= count ? cleaned[i] : new float[count];
      System.arraycopy(numbers, at, cleaned[i], 0, count);
      value.numbers.bind(cleaned[i], 0, count);
      value.clearPadding(value.numbers);
    }
  }

  /** Asks for the gradient by an input, which the backward pass writes there from now on. */
  public void inputGradient(int i, Floats to) {
    changes += values[i].isAsked() ? 0 : 1;
    values[i].ask(to);
  }

  /** Computes all values. */
  public void forward() {
    for (Place place : places) {
      place.resolveSteps();
    }
    if (isNew()) {
      plan();
    }
    for (Place place : places) {
      if (place.isView) {
        place.result.bindToRoot();
        continue;
      }
      if (states != null) {
        place.carry(states);
      }
      place.function.forward(place);
      place.result.clearPadding(place.result.numbers);
    }
  }

  /** Computes the gradients of all that learns from those of the ends. */
  public void backward() {
    for (int i = places.length - 1; i >= 0; i--) {
      Place place = places[i];
      if (place.isActive && !place.isView) {
        place.result.clearPadding(place.result.gradient);
        place.function.backward(place);
      }
    }
  }

  /** The numbers of a value. */
  public Floats value(int i) {
    return values[i].numbers;
  }

  /** To how many steps a value is padded. */
  public int time(int i) {
    return values[i].time();
  }

  /** The steps of each example of a value; null where it is not ragged. */
  public int[] lengths(int i) {
    return values[i].lengths();
  }

  /** Whether the gradient by an end is asked for. */
  public boolean wantsEnd(int end) {
    return values[ends[end]].wantsGradient;
  }

  /** Where the gradient by an end goes. */
  public Floats endGradient(int end) {
    return values[ends[end]].gradient;
  }

  /** Whether that of another end is there already, at the same place. */
  public boolean addsToEnd(int end) {
    return endAdds[end];
  }

  int size() {
    return size;
  }

  Mode mode() {
    return mode;
  }

  long key() {
    return key;
  }

  boolean isCarrying() {
    return states != null;
  }

  /** Whether anything has changed that memory depends on. */
  private boolean isNew() {
    if (wanted.length == 0) {
      wanted = new int[4 + 2 * values.length];
    }
    wanted[0] = (mode.isTraining() ? 1 : 0) + (mode.drops() ? 2 : 0);
    wanted[1] = size;
    wanted[2] = changes;
    wanted[3] = states == null ? 0 : 1;
    for (int i = 0; i < values.length; i++) {
      wanted[4 + 2 * i] = values[i].time();
      wanted[5 + 2 * i] = values[i].isPadded() ? 1 : 0;
    }
    return !Arrays.equals(planned, wanted);
  }

  private void plan() {
    planned = new int[0]; // should it fail half way
    arena.clear();
    decideGradients();
    List<Value> owners = owners();
    for (int i = 0; i < places.length; i++) {
      if (!places[i].isView) {
        places[i].function.plan(places[i], new PlaceRoom(i));
      }
    }
    for (Value owner : owners) {
      arena.needs(owner.numbers, owner.size(size), owner.from, owner.to);
      if (owner.gradientFrom > 0) {
        arena.needs(owner.gradient, owner.size(size), owner.gradientFrom, backwardOf(owner.from));
      }
    }
    arena.place(size);
    for (Place place : places) {
      if (place.isView) {
        place.result.bindToRoot();
      }
    }
    planned = wanted.clone();
  }

  /** Which values share memory, which gradients are wanted, and who writes each first. */
  private void decideGradients() {
    for (Value value : values) {
      value.forget();
    }
    for (Place place : places) {
      place.result.wantsGradient = mode.isTraining() && place.depends();
      place.result.numbers.bind(new float[0], 0, Math.toIntExact(place.result.size(size)));
      place.isView = place.function.isView(place);
      place.result.root = place.isView ? place.sources[0].root : place.result;
    }
    for (int end = 0; end < ends.length; end++) {
      Value value = values[ends[end]];
      value.reached = true;
      endAdds[end] = value.root.written;
      value.root.written = true;
    }
    for (int i = places.length - 1; i >= 0; i--) {
      Place place = places[i];
      place.isActive = place.result.wantsGradient && place.result.reached;
      for (Value source : place.sources) {
        source.reached |= place.isActive;
      }
      if (!place.isView) {
        place.noteWhatItAddsTo();
      }
    }
  }

  /** The values that have memory of their own, with the moments of their first and last use. */
  private List<Value> owners() {
    List<Value> owners = new ArrayList<>();
    for (int i = 0; i < places.length; i++) {
      Place place = places[i];
      if (!place.isView) {
        place.result.from = i;
        place.result.to = place.isActive ? backwardOf(i) : i;
        owners.add(place.result);
      }
    }
    for (int end : ends) {
      Value root = values[end].root;
      root.to = Math.max(root.to, places.length);
      root.gradientFrom = values[end].wantsGradient ? places.length : 0;
    }
    for (int i = 0; i < places.length; i++) {
      Place place = places[i];
      for (int k = 0; k < place.sources.length && !place.isView; k++) {
        Value root = place.sources[k].root;
        root.to = Math.max(root.to, place.isActive ? backwardOf(i) : i);
        if (place.wants(k)) {
          root.gradientFrom =
              root.gradientFrom == 0 ? backwardOf(i) : Math.min(root.gradientFrom, backwardOf(i));
        }
      }
    }
    return owners;
  }

  /** The moment of a layer's backward pass; that of its forward pass is its number. */
  private int backwardOf(int place) {
    return 2 * places.length - place;
  }

  /** The memory of one layer. */
  private final class PlaceRoom implements Room {
    private final int place;

    PlaceRoom(int place) {
      this.place = place;
    }

    @Override
    public Floats kept(long size) {
      Floats floats = new Floats();
      arena.needs(floats, size, place, places[place].isActive ? backwardOf(place) : place);
      return floats;
    }

    @Override
    public Floats scratch(long size) {
      Floats floats = new Floats();
      arena.needsTwice(floats, size, place, places[place].isActive ? backwardOf(place) : place);
      return floats;
    }
  }
}
