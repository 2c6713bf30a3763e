package dev.braid.worker.dl4j.network;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.dl4j.nd4j.Free;
import dev.braid.worker.dl4j.nd4j.VectorCopy;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.Scores;
import dev.braid.worker.engine.StepContext;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A DL4J network with DL4J's own updater as a replica: a step is DL4J's {@code fit}, bit for bit.
 *
 * <p>The updater's memory is the state's one slot; batch normalisation's running means and
 * variances, which DL4J counts among the parameters, are the state's statistics.
 */
public final class Dl4jReplica implements Replica {
  private final Dl4jModel model;
  private final ParamLayout params;
  private final BatchArrays arrays;
  private final int firstIteration;
  private final int firstEpoch;

  /**
   * @param model initialised; closed with this replica; its counters are those of a training that
   *     this one goes on from
   * @param arrays how mini-batches become ND4J's arrays
   */
  public Dl4jReplica(Dl4jModel model, BatchArrays arrays) {
    this.model = model;
    this.params = ParamLayout.of(model.paramTable());
    this.arrays = arrays;
    this.firstIteration = model.iteration();
    this.firstEpoch = model.epoch();
  }

  /** The network. */
  public Dl4jModel model() {
    return model;
  }

  /** Where each tensor lies in the state. */
  public StateLayout layout() {
    return params.layout();
  }

  @Override
  public State newState() {
    INDArray memory = model.updaterState();
    List<Blocks> slots = memory == null ? List.of() : List.of(Blocks.zeros(memory.length()));
    return new State(
        Blocks.zeros(layout().numParams()), slots, Blocks.zeros(layout().numStatistics()));
  }

  @Override
  public void load(State state) {
    params.load(state, model.params());
    INDArray memory = model.updaterState();
    if (memory != null) {
      VectorCopy.whole(memory).load(state.slots().get(0), memory);
    }
  }

  @Override
  public void read(State state) {
    params.read(model.params(), state);
    INDArray memory = model.updaterState();
    if (memory != null) {
      VectorCopy.whole(memory).read(memory, state.slots().get(0));
    }
  }

  @Override
  public double step(MiniBatch batch, StepContext context) {
    model.count(Math.toIntExact(firstIteration + context.update()), firstEpoch + context.epoch());
    seed(context.key());
    MultiDataSet labelled = arrays.of(batch);
    model.fit(labelled);
    Free.batch(labelled);
    return model.network().score();
  }

  /**
   * Sets ND4J's random numbers on this thread, which dropout draws from: they belong to the step,
   * not to whoever drew before.
   */
  public static void seed(long key) {
    Nd4j.getRandom().setSeed(key);
  }

  @Override
  public float[][] output(MiniBatch batch) {
    MultiDataSet prepared = arrays.of(batch);
    float[][] rows = outputRows(prepared);
    Free.batch(prepared);
    return rows;
  }

  private float[][] outputRows(MultiDataSet batch) {
    INDArray[] outputs = model.output(batch.getFeatures(), batch.getFeaturesMaskArrays());
    float[][] rows = arrays.outputRows(outputs);
    Free.arrays(outputs);
    return rows;
  }

  @Override
  public Scores score(MiniBatch batch) {
    MultiDataSet labelled = arrays.of(batch);
    float[][] outputs = outputRows(labelled);
    double loss = model.score(labelled);
    Free.batch(labelled);
    return new Scores(outputs, loss, batch.size());
  }

  @Override
  public void close() {
    model.free();
  }
}
