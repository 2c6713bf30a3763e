package dev.braid.worker.torch;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.Differentiable;
import dev.braid.worker.inference.Facts;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.inference.Predictor;
import dev.braid.worker.model.Model;
import dev.braid.worker.network.NetworkPlan;
import java.util.function.Function;

/**
 * A network on libtorch that Braid has trained.
 *
 * @param <N> the network that has the weights
 */
final class NetworkModel<N extends Differentiable> implements LoadedModel {
  private static final float[][] NO_LABELS = new float[0][];

  private final ModelFacts facts;
  private final N network;
  private final Function<N, Predictor> forOneThread;

  private NetworkModel(
      ModelFacts facts, Model model, N network, Function<N, Predictor> forOneThread) {
    this.facts = facts;
    this.network = network;
    this.forOneThread = forOneThread;
    network.loadParams(model.params());
    network.loadStatistics(model.statistics());
  }

  /** Layers of Braid's own: each thread has a network that shares the weights. */
  static LoadedModel of(Model model, NetworkPlan plan) {
    return new NetworkModel<>(
        Facts.of(model, plan),
        model,
        new TorchNetwork(plan),
        network -> {
          TorchNetwork own = network.sharingWeights();
          return new Asked(own, own::close);
        });
  }

  /** A module in TorchScript, which all threads ask. */
  static LoadedModel of(Model model, ScriptPlan plan) {
    return new NetworkModel<>(
        Facts.of(model, plan),
        model,
        new ScriptNetwork(plan),
        network -> new Asked(network, () -> {}));
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

  private record Asked(Differentiable network, Runnable whenClosed) implements Predictor {
    @Override
    public float[] answer(int size, float[] inputs) {
      return network.output(new MiniBatch(size, new float[][] {inputs}, NO_LABELS))[0];
    }

    @Override
    public void close() {
      whenClosed.run();
    }
  }
}
