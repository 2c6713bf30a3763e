package dev.braid.worker.dl4j.conversion;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.dl4j.network.Dl4jModel;
import dev.braid.worker.engine.ForwardingReplica;
import dev.braid.worker.engine.OptimizedReplica;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.engine.StepContext;
import dev.braid.worker.layer.Output;
import dev.braid.worker.loss.BinaryCrossEntropy;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import dev.braid.worker.torch.TorchNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * A DL4J network that libtorch trains: its layers as Braid's, its updater as one of Braid's
 * optimizers, and the way of its parameters, running statistics and updater's memory there and
 * back. A step gives what DL4J's own gives, but for the order in which sums are taken.
 */
public final class TorchConversion {
  private static final String ADVICE =
      ", which engine torch does not train; leave engine(Engine.TORCH) away and DL4J will";

  private final Dl4jModel model;
  private final NetworkPlan plan;
  private final UpdateRule rule;
  private final IUpdater updater;
  private final TensorMap map;

  private TorchConversion(Dl4jModel model, NetworkPlan plan, Dl4jTraining training) {
    this.model = model;
    this.plan = plan;
    this.rule = training.rule();
    this.updater = training.updater();
    this.map = TensorMap.of(plan, Dl4jLayers.weights(model));
  }

  /**
   * Does nothing when libtorch can train this network, as far as its configuration tells: the shape
   * of its input may have to come from the data.
   *
   * @throws IllegalArgumentException naming the layer or setting that it cannot
   */
  public static void requireTrains(Dl4jModel model) {
    Optional<Shape> input =
        advised(
            () -> {
              require(
                  model.params().dataType() == DataType.FLOAT,
                  "the network computes in %s",
                  model.params().dataType());
              Dl4jLayers.Converted converted = Dl4jLayers.of(model); // first: a layer is a cause
              Dl4jTraining.of(model);
              return Optional.ofNullable(converted.input());
            });
    input.ifPresent(shape -> of(model, shape));
  }

  /**
   * An initialised network, converted.
   *
   * @param data shape of one example's features; not used where the configuration tells it
   * @throws IllegalArgumentException naming the layer or setting that libtorch cannot train, or
   *     weights that such data does not fit
   */
  public static TorchConversion of(Dl4jModel model, Shape data) {
    Dl4jLayers.Converted converted = advised(() -> Dl4jLayers.of(model));
    Dl4jTraining training = advised(() -> Dl4jTraining.of(model));
    Shape input = converted.input() == null ? data : converted.input();
    NetworkPlan plan = advised(() -> converted.network().plan(Map.of("input", input), List.of()));
    return new TorchConversion(model, asDl4jWeighs(plan, model, training), training);
  }

  /** Something tried. */
  private interface Attempt<T> {
    T make();
  }

  private static <T> T advised(Attempt<T> attempt) {
    try {
      return attempt.make();
    } catch (WrongSettings e) {
      throw new WrongSettings(e.getMessage() + ADVICE, e);
    }
  }

  /**
   * The plan with its outputs in the network's order and weighted as DL4J weighs their losses, and
   * with each layer's own L1 and L2. DL4J adds up the losses of time steps, and of the units for
   * binary cross-entropy; Braid's are means.
   */
  private static NetworkPlan asDl4jWeighs(
      NetworkPlan plan, Dl4jModel model, Dl4jTraining training) {
    List<Segment> params =
        plan.layout().params().stream().map(segment -> penalised(segment, training)).toList();
    List<OutputPlan> outputs =
        model.either(
            sequence -> plan.outputs(),
            graph -> inOrder(graph.getConfiguration().getNetworkOutputs(), plan.outputs()));
    return new NetworkPlan(
        plan.inputs(),
        plan.layers(),
        outputs.stream().map(TorchConversion::weighted).toList(),
        new StateLayout(params, plan.layout().statistics()),
        plan.firstLayer());
  }

  private static Segment penalised(Segment segment, Dl4jTraining training) {
    Segment.Penalty penalty =
        training.penalties().getOrDefault(segment.layer(), Segment.Penalty.OF_THE_TRAINING);
    return new Segment(segment.name(), segment.shape(), segment.offset(), segment.role(), penalty);
  }

  private static List<OutputPlan> inOrder(List<String> names, List<OutputPlan> outputs) {
    List<OutputPlan> ordered = new ArrayList<>();
    for (String name : names) {
      outputs.stream().filter(output -> output.name().equals(name)).forEach(ordered::add);
    }
    require(
        ordered.size() == outputs.size() && ordered.size() == names.size(),
        "the network's outputs are %s, its output layers %s",
        names,
        outputs.stream().map(OutputPlan::name).toList());
    return ordered;
  }

  private static OutputPlan weighted(OutputPlan output) {
    Output own = output.settings();
    double units = own.loss().equals(new BinaryCrossEntropy()) ? output.numUnits() : 1;
    Output settings =
        new Output(
            own.loss(),
            own.units(),
            own.activation(),
            units * output.numPositions(),
            own.bias(),
            own.projection(),
            own.weights(),
            own.name(),
            own.from());
    return new OutputPlan(output.name(), output.index(), settings, output.shape(), output.labels());
  }

  /** Where each tensor lies in the state. */
  public StateLayout layout() {
    return plan.layout();
  }

  /** Builds the replicas, which know when a step is by its context's {@code update} alone. */
  public ReplicaSource source() {
    return new Source(plan, rule, updater);
  }

  /** The mini-batches that its replicas take. */
  public LabelledRows rows() {
    return LabelledRows.of(plan);
  }

  /** The network's state as it is now. */
  public State read() {
    State state = State.zeros(layout(), rule.numSlots());
    map.read(model.params(), state);
    float[] theirs = new float[Math.toIntExact(model.params().length())];
    float[] ours = new float[Math.toIntExact(layout().numParams())];
    for (int slot = 0; slot < state.slots().size(); slot++) {
      copySlot(slot, theirs, floats(model.updaterState()), true);
      map.paramsToOurs(theirs, ours);
      state.slots().get(slot).write(0, ours, ours.length);
    }
    return state;
  }

  /** Makes this state the network's. */
  public void write(State state) {
    map.load(state, model.params());
    if (state.slots().isEmpty()) {
      return;
    }
    float[] theirs = new float[Math.toIntExact(model.params().length())];
    float[] memory = floats(model.updaterState());
    for (int slot = 0; slot < state.slots().size(); slot++) {
      map.paramsToTheirs(floats(state.slots().get(slot)), theirs);
      copySlot(slot, theirs, memory, false);
    }
    new FloatPointer(model.updaterState().data().pointer()).put(memory, 0, memory.length);
  }

  /**
   * Copies what the updater remembers under one of its names between its memory and a vector that
   * is laid out like the parameters. DL4J's memory falls into blocks of neighbouring parameters,
   * each of which has all of its means first and then all of its mean squares.
   */
  private void copySlot(int slot, float[] likeParams, float[] memory, boolean toParams) {
    for (UpdaterBlock block : model.updater().getUpdaterBlocks()) {
      if (block.getUpdaterViewOffsetEnd() == block.getUpdaterViewOffsetStart()) {
        continue; // running statistics have no updater
      }
      int params = block.getParamOffsetStart();
      int size = block.getParamOffsetEnd() - params;
      int at = block.getUpdaterViewOffsetStart() + slot * size;
      if (toParams) {
        System.arraycopy(memory, at, likeParams, params, size);
      } else {
        System.arraycopy(likeParams, params, memory, at, size);
      }
    }
  }

  private static float[] floats(INDArray array) {
    float[] floats = new float[Math.toIntExact(array.length())];
    new FloatPointer(array.data().pointer()).get(floats, 0, floats.length);
    return floats;
  }

  private static float[] floats(Blocks blocks) {
    float[] floats = new float[Math.toIntExact(blocks.size())];
    blocks.read(0, floats, floats.length);
    return floats;
  }

  /** Replicas whose learning rate is what DL4J's updater says. */
  private record Source(NetworkPlan plan, UpdateRule rule, IUpdater updater)
      implements ReplicaSource {
    @Override
    public Replica create() {
      return new Scheduled(
          new OptimizedReplica(new Dl4jConventions(new TorchNetwork(plan), plan), rule), updater);
    }
  }

  private static final class Scheduled extends ForwardingReplica {
    private final IUpdater updater;

    Scheduled(Replica replica, IUpdater updater) {
      super(replica);
      this.updater = updater;
    }

    @Override
    public double step(MiniBatch batch, StepContext context) {
      double rate =
          updater.getLearningRate(Math.toIntExact(context.update()), context.epoch())
              * context.rateFactor();
      return super.step(
          batch, new StepContext(0, context.step(), context.update(), context.key(), rate));
    }
  }
}
