package dev.braid.worker.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.braid.worker.Checkout;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.inference.ForeignSettings;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.ModelBytes;
import dev.braid.worker.inference.Predictor;
import dev.braid.worker.random.SplitMix;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxModelTest {
  private static final int SIZE = 10;

  private static byte[] cnnMnist() throws IOException {
    Path file = Checkout.shared("data/keras-models/dl4j-test-resources/cnn_mnist.onnx");
    return Files.readAllBytes(file);
  }

  /** In batches of its own size: this file's softmax runs over the batch, so others differ. */
  @Test
  void answer_isOnnxRuntimesOwn_inTheFilesBatches() throws Exception {
    byte[] file = cnnMnist();
    try (LoadedModel model = ModelBytes.load(file, ForeignSettings.NONE);
        Predictor predictor = model.predictor()) {
      int width = model.facts().shapes().get(0).size();
      assertEquals(28 * 28, width);
      float[] inputs = new float[2 * SIZE * width];
      SplitMix random = SplitMix.stream(3);
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] = random.nextInt(256) / 255f;
      }
      float[] answers = predictor.answer(MiniBatch.unlabelled(2 * SIZE, inputs))[0];
      int outputs = SIZE * model.facts().outputs().get(0).labels().width();
      for (int half = 0; half < 2; half++) {
        float[] part = Arrays.copyOfRange(inputs, half * SIZE * width, (half + 1) * SIZE * width);
        assertArrayEquals(
            directly(file, part, model.facts().shapes().get(0).sizes()),
            Arrays.copyOfRange(answers, half * outputs, (half + 1) * outputs),
            1e-6f);
      }
    }
  }

  /** All at once: the file takes batches of ten and no others. */
  private static float[] directly(byte[] file, float[] inputs, List<Integer> shape)
      throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    long[] sizes = new long[shape.size() + 1];
    sizes[0] = SIZE;
    for (int k = 0; k < shape.size(); k++) {
      sizes[k + 1] = shape.get(k);
    }
    try (OrtSession session = environment.createSession(file);
        OnnxTensor tensor = OnnxTensor.createTensor(environment, FloatBuffer.wrap(inputs), sizes);
        OrtSession.Result result =
            session.run(Map.of(session.getInputNames().iterator().next(), tensor))) {
      FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] answers = new float[values.remaining()];
      values.get(answers);
      return answers;
    }
  }

  @Test
  void load_whatIsNoModel_saysSo() {
    byte[] text = "no model".getBytes(StandardCharsets.UTF_8);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> ModelBytes.load(text, ForeignSettings.NONE));
    assertEquals(0, e.getMessage().indexOf("not an ONNX file that ONNX Runtime can read"));
  }

  private static byte[] made(String name) throws IOException {
    try (ZipInputStream zip =
        new ZipInputStream(OnnxModelTest.class.getResourceAsStream("onnx-models.zip"))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().equals(name + ".onnx")) {
          return zip.readAllBytes();
        }
      }
    }
    throw new IllegalArgumentException(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"float", "int64", "int32", "double", "fixed"})
  void input_ofEachTypeOfNumbers_isGivenInIt(String name) throws IOException {
    try (LoadedModel model = ModelBytes.load(made(name), ForeignSettings.NONE);
        Predictor predictor = model.predictor()) {
      assertEquals(3, model.facts().outputs().get(0).labels().width());
      assertArrayEquals(
          new float[] {10, 100, 1000, -1, -10, -100},
          predictor.answer(MiniBatch.unlabelled(2, new float[] {1, 1, 1, 1, 3, 0, 0, -1}))[0]);
    }
  }

  @Test
  void input_ofWholeNumbers_refusesOthers() throws IOException {
    try (LoadedModel model = ModelBytes.load(made("int64"), ForeignSettings.NONE);
        Predictor predictor = model.predictor()) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> predictor.answer(MiniBatch.unlabelled(1, new float[] {1, 0.5f, 1, 1})));
      assertTrue(
          e.getMessage().startsWith("the model's input is int64, but 0.5 is no whole number"),
          e.getMessage());
    }
  }

  @Test
  void input_ofUnknownDimensions_hasThoseOfTheSettings() throws IOException {
    ForeignSettings shape = new ForeignSettings(List.of(4), null, null, null);
    try (LoadedModel model = ModelBytes.load(made("open-rank"), shape);
        Predictor predictor = model.predictor()) {
      assertArrayEquals(
          new float[] {1, 10, 100},
          predictor.answer(MiniBatch.unlabelled(1, new float[] {1, 0, 0, 0}))[0]);
    }
  }

  @Test
  void settings_thatCannotBeMeant_areRefused() {
    assertThrows(WrongSettings.class, () -> new ForeignSettings(null, 0f, null, List.of("a", "b")));
    assertThrows(
        WrongSettings.class, () -> new ForeignSettings(null, null, null, List.of("a", "b", "a")));
  }

  @Test
  void output_thatIsNamed_isTaken() throws IOException {
    ForeignSettings named = new ForeignSettings(null, null, "p", List.of("a", "b", "c"));
    try (LoadedModel model = ModelBytes.load(made("label-first"), named);
        Predictor predictor = model.predictor()) {
      assertArrayEquals(
          new float[] {1, 10, 100},
          predictor.answer(MiniBatch.unlabelled(1, new float[] {1, 0, 0, 0}))[0]);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bool | the model's input 'x' is bool [-1, 4]; a tensor of float, double, int64 or int32",
        "label-first | 'label' is int64 [-1]; a tensor of float or double is needed; say by"
            + " foreign.output which to take: p (float [-1, 3])",
        "zip-map | options={\"zipmap\": False}",
        "external | the model's weights lie in a file of their own, 'weights.data'",
        "transposed | the model's output 'y' has the shape [3, 2] for 2 rows",
        "transposed-open | the model's output 'y' has the shape [3, 2] for 2 rows",
        "fixed-transposed | the model's output 'y' has the shape [3, 5] for 5 rows",
        "open-rank | the model leaves sizes of its input open: []; set foreign.inputShape to those"
            + " of",
        "mean | the model's output 'y' has the shape [] for 2 rows",
        "flattened | the model's output 'y' has the shape [1, 6] for 2 rows"
      })
  void file_thatCannotBeApplied_isRefusedWithTheWayOut(String name, String message)
      throws IOException {
    byte[] file = made(name);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> ModelBytes.load(file, ForeignSettings.NONE));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
