package dev.braid.worker.jvm.layer;

import dev.braid.worker.data.States;
import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.random.SplitMix;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** A layer at its place in a network, with what it is called with. */
final class Place implements Call {
  final LayerPlan plan;
  final LayerFunction function;
  final Value[] sources;
  final Value result;
  private final Graph graph;
  private final int index;
  private final LayerTensor[] tensors;
  private final Floats[] carried;
  private final int firstState;
  private final int[][] lengths;
  private final List<int[]> lengthsRead;
  private final boolean[] adds;
  private boolean frozen;

  // As planned.
  boolean isView;
  boolean isActive;

  /**
   * @param index of the layer in the whole network, which its random numbers are a function of
   * @param tensors in the order of the plan's parameters
   * @param firstState number of its first state among the network's
   */
  Place(
      Graph graph,
      LayerPlan plan,
      int index,
      Value[] sources,
      List<LayerTensor> tensors,
      int firstState,
      KernelSet kernels) {
    this.graph = graph;
    this.plan = plan;
    this.index = index;
    this.sources = sources;
    this.result = new Value(plan.shape());
    this.tensors = tensors.toArray(new LayerTensor[0]);
    this.firstState = firstState;
    carried = new Floats[plan.layer().stateWidths(plan.node()).size()];
    Arrays.setAll(carried, i -> new Floats());
    adds = new boolean[sources.length];
    int ragged = (int) Arrays.stream(sources).filter(Value::isRagged).count();
    lengths = new int[ragged][];
    lengthsRead = Arrays.asList(lengths);
    function = LayerFunctions.of(plan, kernels);
  }

  int numStates() {
    return carried.length;
  }

  void freeze(Set<String> layers) {
    frozen = layers.contains(plan.original());
  }

  /** Takes over the steps of its result from those of its sources. */
  void resolveSteps() {
    if (lengths.length == 0) {
      result.steps(0, null);
      return;
    }
    Value first = null;
    int k = 0;
    for (Value source : sources) {
      if (source.isRagged()) {
        first = first == null ? source : first;
        lengths[k++] = source.lengths();
      }
    }
    int[] steps = plan.layer().steps(plan.node(), lengthsRead);
    if (!result.isRagged()) {
      result.steps(0, null);
    } else if (steps == first.lengths()) {
      result.steps(first.time(), steps);
    } else {
      result.steps(longest(), steps);
    }
  }

  /** To how many steps the result is padded where the layer changes their number. */
  private int longest() {
    int[][] times =
        Arrays.stream(sources)
            .filter(Value::isRagged)
            .map(source -> new int[] {source.time()})
            .toArray(int[][]::new);
    return plan.layer().steps(plan.node(), Arrays.asList(times))[0];
  }

  /** Begins with these states and ends in them. */
  void carry(States states) {
    for (int i = 0; i < carried.length; i++) {
      float[] values = states.values()[firstState + i];
      carried[i].bind(values, 0, values.length);
    }
  }

  /** Whether anything before it, or of its own, learns. */
  boolean depends() {
    boolean depends = false;
    for (Value source : sources) {
      depends |= source.wantsGradient;
    }
    for (int i = 0; i < tensors.length; i++) {
      depends |= learns(i);
    }
    return depends;
  }

  /** Notes in which of its sources' gradients something stands before it adds its own. */
  void noteWhatItAddsTo() {
    for (int i = 0; i < sources.length; i++) {
      if (wants(i)) {
        adds[i] = sources[i].root.written;
        sources[i].root.written = true;
      }
    }
  }

  @Override
  public int size() {
    return graph.size();
  }

  @Override
  public int numSources() {
    return sources.length;
  }

  @Override
  public Floats source(int i) {
    return sources[i].numbers;
  }

  @Override
  public Floats result() {
    return result.numbers;
  }

  @Override
  public int time(int i) {
    return sources[i].time();
  }

  @Override
  public int resultTime() {
    return result.time();
  }

  @Override
  public int[] lengths(int i) {
    return sources[i].isPadded() ? sources[i].lengths() : null;
  }

  @Override
  public Floats tensor(int i) {
    return tensors[i].value();
  }

  @Override
  public int version() {
    return graph.version();
  }

  @Override
  public boolean training() {
    return graph.mode().isTraining() && !frozen;
  }

  @Override
  public boolean dropout() {
    return graph.mode().drops() && !frozen;
  }

  @Override
  public long key() {
    return SplitMix.key(graph.key(), index);
  }

  @Override
  public Floats[] carried() {
    return graph.isCarrying() ? carried : null;
  }

  @Override
  public Floats resultGradient() {
    return result.gradient;
  }

  @Override
  public boolean wants(int i) {
    return isActive && sources[i].wantsGradient;
  }

  @Override
  public Floats sourceGradient(int i) {
    return sources[i].gradient;
  }

  @Override
  public boolean adds(int i) {
    return adds[i];
  }

  @Override
  public boolean learns(int i) {
    return graph.mode().isTraining() && tensors[i].learns();
  }

  @Override
  public Floats tensorGradient(int i) {
    return tensors[i].begunGradient();
  }

  @Override
  public boolean beginsTensorGradient(int i) {
    return tensors[i].beginsGradient();
  }

  @Override
  public Floats clearedSourceGradient(int i) {
    Floats gradient = sources[i].gradient;
    if (!adds[i]) {
      gradient.clear();
    }
    return gradient;
  }
}
