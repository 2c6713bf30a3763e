package dev.braid.worker.torch.script;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.inference.ForeignSettings;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.ModelBytes;
import dev.braid.worker.inference.Predictor;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A convolution, batch normalisation, dropout and a dense layer that PyTorch 1.13 has scripted in
 * training mode, with an if; the expected numbers are PyTorch's own in inference mode.
 */
class TorchScriptModelTest {
  private static final List<Integer> SHAPE = List.of(1, 8, 8);
  private static final double[] EXPECTED = {
    0.4710732102394104, 0.3032119572162628, 0.22571483254432678,
    0.45998385548591614, 0.30758151412010193, 0.23243460059165955
  };

  private static byte[] file() throws IOException {
    return file("scripted.pt");
  }

  private static byte[] file(String name) throws IOException {
    try (InputStream in = TorchScriptModelTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static float[] inputs() {
    float[] inputs = new float[2 * 64];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = i * 37 % 256 / 255f;
    }
    return inputs;
  }

  @Test
  void answers_arePyTorchs_alsoOfManyThreadsAtOnce() throws IOException {
    ForeignSettings settings =
        new ForeignSettings(SHAPE, 1 / 255f, null, List.of("red", "green", "blue"));
    try (LoadedModel model = ModelBytes.load(file(), settings)) {
      assertEquals(
          List.of("red", "green", "blue"), model.facts().outputs().get(0).decoder().sums());
      IntStream.range(0, 8)
          .parallel()
          .forEach(
              i -> {
                try (Predictor predictor = model.predictor()) {
                  float[] answers = predictor.answer(MiniBatch.unlabelled(2, inputs()))[0];
                  assertArrayEquals(
                      EXPECTED, IntStream.range(0, 6).mapToDouble(k -> answers[k]).toArray(), 1e-6);
                }
              });
    }
  }

  /** Traced so, every answer would depend on the rows beside it, and on chance. */
  @Test
  void answers_ofAModuleTracedInTrainingMode_areThoseOfInferenceMode() throws IOException {
    float[] expected = { // as traced.py says
      0.20904338f, 0.22436762f, 0.3626194f, 0.15520206f,
      -0.6830678f, -0.1073205f, -0.5294919f, -0.17648596f
    };
    float[] rows = new float[12];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i * 5 % 7;
    }
    ForeignSettings settings = new ForeignSettings(List.of(3), null, null, null);
    try (LoadedModel model = ModelBytes.load(file("traced.pt"), settings);
        Predictor predictor = model.predictor()) {
      assertArrayEquals(expected, predictor.answer(MiniBatch.unlabelled(4, rows))[0], 1e-6f);
      assertArrayEquals(
          Arrays.copyOf(expected, 2),
          predictor.answer(MiniBatch.unlabelled(1, Arrays.copyOf(rows, 3)))[0],
          1e-6f);
    }
  }

  @Test
  void whatIsMissingOrDamaged_isSaid() throws IOException {
    byte[] file = file();
    assertSays(file, ForeignSettings.NONE, "set foreign.inputShape");
    assertSays(
        file,
        new ForeignSettings(List.of(1, 5, 5), null, null, null),
        "the module does not fit foreign.inputShape [1, 5, 5]");
    assertSays(
        Arrays.copyOf(file, file.length / 2),
        new ForeignSettings(SHAPE, null, null, null),
        "not a TorchScript file that libtorch can read");
  }

  private static void assertSays(byte[] file, ForeignSettings settings, String words) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> ModelBytes.load(file, settings));
    assertTrue(e.getMessage().contains(words), e.getMessage());
  }
}
