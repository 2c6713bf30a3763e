package dev.braid.worker.inference;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.Normaliser;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.torch.TorchScript;
import java.util.List;

/** A network that PyTorch has written as TorchScript; all threads ask the same module. */
final class TorchScriptModel implements LoadedModel {
  private final TorchScript module;
  private final ModelFacts facts;

  TorchScriptModel(byte[] file, String sha256, ForeignSettings settings) {
    List<Integer> shape = settings.inputShape();
    require(
        shape != null,
        "TorchScript does not say what it reads: set foreign.inputShape to that of one example,"
            + " such as [1, 28, 28]");
    this.module = new TorchScript(file);
    int width = shape.stream().reduce(1, Math::multiplyExact);
    int numOutputs = tried(shape, width).length;
    boolean classes = settings.classes() != null;
    this.facts =
        new ModelFacts(
            shape,
            new Normaliser(new float[] {0}, new float[] {settings.inputScale()}, 1),
            classes ? Answer.CLASSES : Answer.NUMBERS,
            0,
            numOutputs,
            classes ? settings.classes() : List.of(),
            classes ? Metrics.classification(numOutputs).toBytes() : new byte[0],
            sha256);
  }

  private float[] tried(List<Integer> shape, int width) {
    try {
      return module.output(1, shape, new float[width]);
    } catch (IllegalStateException e) {
      throw new IllegalArgumentException(
          "the module does not fit foreign.inputShape %s: %s".formatted(shape, e.getMessage()), e);
    }
  }

  @Override
  public ModelFacts facts() {
    return facts;
  }

  @Override
  public Predictor predictor() {
    return new Asked(module, facts.inputShape());
  }

  @Override
  public void close() {
    module.close();
  }

  private record Asked(TorchScript module, List<Integer> shape) implements Predictor {
    @Override
    public float[] answer(int size, float[] inputs) {
      return module.output(size, shape, inputs);
    }

    @Override
    public void close() {}
  }
}
