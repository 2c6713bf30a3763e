package dev.braid.worker.inference;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.Differentiable;
import dev.braid.worker.model.Model;
import dev.braid.worker.network.Blueprint;
import java.util.function.Function;

/**
 * A network that Braid has trained, on an engine that computes its answers from flat vectors.
 *
 * @param <N> the network that has the weights
 */
public final class NetworkModel<N extends Differentiable> implements LoadedModel {
  private final ModelFacts facts;
  private final N network;
  private final Function<N, Predictor> forOneThread;

  /**
   * A model that answers with {@code network} once that has the model's numbers.
   *
   * @param forOneThread what a thread asks, given the network
   */
  public NetworkModel(
      ModelFacts facts, Model model, N network, Function<N, Predictor> forOneThread) {
    this.facts = facts;
    this.network = network;
    this.forOneThread = forOneThread;
    if (!network.computesIn(model.params(), model.statistics())) {
      network.loadParams(model.params());
      network.loadStatistics(model.statistics());
    }
  }

  /** What answers with a network and does something when it is closed. */
  public static Predictor asking(Differentiable network, Blueprint plan, Runnable whenClosed) {
    return new Asked(network, plan, whenClosed);
  }

  @Override
  public ModelFacts facts() {
    return facts;
  }

  @Override
  public Predictor predictor() {
    return forOneThread.apply(network);
  }

  @Override
  public void close() {
    network.close();
  }

  private record Asked(Differentiable network, Blueprint plan, Runnable whenClosed)
      implements Predictor {
    @Override
    public float[][] answer(MiniBatch batch) {
      return network.output(batch);
    }

    @Override
    public int[] steps(int output, MiniBatch batch) {
      return plan.steps(output, batch.lengths());
    }

    @Override
    public void close() {
      whenClosed.run();
    }
  }
}
