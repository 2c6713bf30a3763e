package dev.braid.worker.torch.script;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.inference.ForeignSettings;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.ModelBytes;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.inference.Predictor;
import java.util.List;

/** A network that PyTorch has written as TorchScript; all threads ask the same module. */
final class TorchScriptModel implements LoadedModel {
  private final TorchScript module;
  private final ModelFacts facts;

  TorchScriptModel(byte[] file, ForeignSettings settings) {
    List<Integer> shape = settings.inputShape();
    require(
        shape != null,
        "TorchScript does not say what it reads: set foreign.inputShape to that of one example,"
            + " such as [1, 28, 28]");
    this.module = module(file, shape);
    this.facts = ModelFacts.foreign(settings, shape, module.numOutputs(), ModelBytes.sha256(file));
  }

  private static TorchScript module(byte[] file, List<Integer> shape) {
    try {
      return new TorchScript(file, shape);
    } catch (IllegalStateException e) {
      throw new WrongSettings(
          "the module does not fit foreign.inputShape %s: %s".formatted(shape, e.getMessage()), e);
    }
  }

  @Override
  public ModelFacts facts() {
    return facts;
  }

  @Override
  public Predictor predictor() {
    return new Asked(module);
  }

  @Override
  public void close() {
    module.close();
  }

  private record Asked(TorchScript module) implements Predictor {
    @Override
    public float[][] answer(MiniBatch batch) {
      return new float[][] {module.output(batch.size(), batch.inputs()[0])};
    }

    @Override
    public void close() {}
  }
}
