package dev.braid.worker.dl4j.network;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.dl4j.nd4j.Free;
import dev.braid.worker.engine.Differentiable;
import dev.braid.worker.engine.ForwardingEvaluator;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * A DL4J network that gives gradients to Braid's optimizers. DL4J's updater, its L1, L2 and
 * clipping are not used; its losses are: a mean over the examples, summed over time steps.
 */
final class Dl4jDifferentiable extends ForwardingEvaluator implements Differentiable {
  private final Dl4jModel model;
  private final ParamLayout layout;
  private final BatchArrays arrays;
  private final State state;
  private final State change;

  /**
   * @param model initialised
   * @param arrays how mini-batches become ND4J's arrays
   */
  Dl4jDifferentiable(Dl4jModel model, BatchArrays arrays) {
    super(new Dl4jReplica(model, arrays));
    this.model = model;
    this.layout = ParamLayout.of(model.paramTable());
    this.arrays = arrays;
    this.state = State.zeros(layout.layout(), 0);
    this.change = State.zeros(layout.layout(), 0);
    model.initGradients();
  }

  @Override
  public StateLayout layout() {
    return layout.layout();
  }

  @Override
  public void loadParams(Blocks params) {
    state.params().copyFrom(params);
    layout.load(state, model.params());
  }

  @Override
  public void loadStatistics(Blocks statistics) {
    state.statistics().copyFrom(statistics);
    layout.load(state, model.params());
  }

  @Override
  public void readStatistics(Blocks statistics) {
    statistics.copyFrom(state.statistics());
  }

  @Override
  public double gradient(MiniBatch batch, long key, Blocks gradients) {
    Dl4jReplica.seed(key);
    MultiDataSet labelled = arrays.of(batch);
    double loss = model.gradients(labelled);
    Free.batch(labelled);
    layout.read(model.flatGradients(), change);
    gradients.copyFrom(change.params());
    scaleInPlace(gradients, 1f / batch.size());
    // What DL4J gives as gradient of a running statistic is to be taken from it as it is.
    subtractInPlace(state.statistics(), change.statistics());
    layout.load(state, model.params());
    return loss;
  }

  private static void scaleInPlace(Blocks values, float factor) {
    for (int b = 0; b < values.count(); b++) {
      float[] block = values.block(b);
      for (int i = 0; i < block.length; i++) {
        block[i] *= factor;
      }
    }
  }

  private static void subtractInPlace(Blocks values, Blocks subtracted) {
    for (int b = 0; b < values.count(); b++) {
      float[] block = values.block(b);
      float[] other = subtracted.block(b);
      for (int i = 0; i < block.length; i++) {
        block[i] -= other[i];
      }
    }
  }
}
