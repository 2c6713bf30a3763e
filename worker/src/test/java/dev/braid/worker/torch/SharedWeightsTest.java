package dev.braid.worker.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.Predictor;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.network.Networks;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.State;
import dev.braid.worker.task.Tasks;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

class SharedWeightsTest {
  private static final int FEATURES = 2000;

  /** 40 MB of weights. */
  private static Model wide() {
    ModelDescription description =
        new ModelDescription(
            Networks.of(
                "dense: {units: 5000, activation: 'tanh'}", "output: {loss: 'crossEntropy'}"),
            List.of(new ModelDescription.Input("input", Shape.of(FEATURES), Normaliser.NONE)),
            List.of(
                new ModelDescription.Labels(Tasks.named("classification"), 1, List.of("a", "b"))),
            new ModelDescription.Provenance("test", 1, "00", 0, 0, 0));
    State state = description.plan().initialState(5);
    return new Model(description, state.params(), state.statistics());
  }

  private static LoadedModel load(Model model) {
    return new TorchKind().load(model, model.description().plan()).orElseThrow();
  }

  @Test
  void predictors_shareTheWeights_andAnswerAlikeAtTheSameTime() {
    try (LoadedModel model = load(wide())) {
      long before = Pointer.physicalBytes();
      List<Predictor> predictors = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        predictors.add(model.predictor());
      }
      float[] input = new float[FEATURES];
      for (int i = 0; i < FEATURES; i++) {
        input[i] = i % 7 - 3;
      }
      float[] expected = predictors.get(0).answer(MiniBatch.unlabelled(1, input))[0];
      List<float[]> answers =
          IntStream.range(0, 16)
              .parallel()
              .mapToObj(i -> predictors.get(i).answer(MiniBatch.unlabelled(1, input.clone()))[0])
              .toList();
      long grown = Pointer.physicalBytes() - before;
      answers.forEach(answer -> assertArrayEquals(expected, answer));
      assertTrue(grown < 5 * (40L << 20), "16 predictors of 40 MB took " + (grown >> 20) + " MB");
      predictors.forEach(Predictor::close);
    }
  }
}
