package dev.braid.worker.inference;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.model.Model;
import dev.braid.worker.torch.ScriptNetwork;
import dev.braid.worker.torch.ScriptPlan;

/** A TorchScript network that Braid has trained; all threads ask the same module. */
final class ScriptModel implements LoadedModel {
  private static final float[][] NO_LABELS = new float[0][];

  private final ModelFacts facts;
  private final ScriptNetwork network;

  ScriptModel(Model model, ScriptPlan plan) {
    this.facts = Facts.of(model, plan);
    this.network = new ScriptNetwork(plan);
    network.loadParams(model.params());
    network.loadStatistics(model.statistics());
  }

  @Override
  public ModelFacts facts() {
    return facts;
  }

  @Override
  public Predictor predictor() {
    return new Asked(network);
  }

  @Override
  public void close() {
    network.close();
  }

  private record Asked(ScriptNetwork network) implements Predictor {
    @Override
    public float[] answer(int size, float[] inputs) {
      return network.output(new MiniBatch(size, new float[][] {inputs}, NO_LABELS))[0];
    }

    @Override
    public void close() {}
  }
}
