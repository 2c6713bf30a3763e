package dev.braid.worker.inference;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.model.Model;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.torch.TorchNetwork;

/** A network of Braid's own layers on libtorch. */
final class TorchModel implements LoadedModel {
  private static final float[][] NO_LABELS = new float[0][];

  private final ModelFacts facts;
  private final TorchNetwork network;

  TorchModel(Model model, NetworkPlan plan) {
    this.facts = Facts.of(model, plan);
    this.network = new TorchNetwork(plan);
    network.loadParams(model.params());
    network.loadStatistics(model.statistics());
  }

  @Override
  public ModelFacts facts() {
    return facts;
  }

  @Override
  public Predictor predictor() {
    return new Asked(network.sharingWeights());
  }

  @Override
  public void close() {
    network.close();
  }

  private record Asked(TorchNetwork network) implements Predictor {
    @Override
    public float[] answer(int size, float[] inputs) {
      return network.output(new MiniBatch(size, new float[][] {inputs}, NO_LABELS))[0];
    }

    @Override
    public void close() {
      network.close();
    }
  }
}
