package dev.braid.worker.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.braid.worker.Checkout;
import dev.braid.worker.random.Counter;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
      int width = model.facts().inputWidth();
      assertEquals(28 * 28, width);
      float[] inputs = new float[2 * SIZE * width];
      Counter random = Counter.stream(3);
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] = random.nextInt(256) / 255f;
      }
      float[] answers = predictor.answer(2 * SIZE, inputs);
      int outputs = SIZE * model.facts().numOutputs();
      for (int half = 0; half < 2; half++) {
        float[] part = Arrays.copyOfRange(inputs, half * SIZE * width, (half + 1) * SIZE * width);
        assertArrayEquals(
            directly(file, part, model.facts().inputShape()),
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
}
