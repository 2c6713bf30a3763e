package dev.braid.worker.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.Checkout;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelFile;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.torch.TorchNetwork;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.WritableGroup;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of Keras's against what Keras itself has recorded of them. */
class KerasModelTest {
  private static final JsonMapper JSON = new JsonMapper();

  private static byte[] file(String name) throws IOException {
    return Files.readAllBytes(Checkout.shared("data/keras-models/" + name));
  }

  private static float[] output(Model model, float[] inputs) {
    NetworkPlan plan = (NetworkPlan) model.description().plan();
    int size = inputs.length / plan.inputs().values().iterator().next().size();
    try (TorchNetwork network = new TorchNetwork(plan)) {
      network.loadParams(model.params());
      network.loadStatistics(model.statistics());
      return network.output(new MiniBatch(size, new float[][] {inputs}, new float[0][]))[0];
    }
  }

  /**
   * What the files call outputs are the labels; what Keras has answered are the predictions. 1e-4,
   * as single precision sums up differently in TensorFlow.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "causal_conv1d_k3_s1_d1_cl",
        "simple_flatten_lstm_tf_keras_2",
        "simple_flatten_rnn_tf_keras_2",
        "simple_rnn_tf_keras_2",
        "simple_sparse_xent_mlp_keras_2"
      })
  void model_givesWhatKerasHasRecorded(String name) throws IOException {
    Model model = KerasModel.read(file("dl4j-test-resources/" + name + "_model.h5")).model();
    byte[] recorded = file("dl4j-test-resources/" + name + "_inputs_and_outputs.h5");
    try (HdfFile file = HdfFile.fromBytes(recorded)) {
      assertArrayEquals(
          only(file, "predictions"),
          output(model, only(file, "inputs")),
          1e-4f,
          "predictions of " + name);
    }
  }

  private static float[] only(HdfFile file, String group) {
    Dataset dataset = (Dataset) ((Group) file.getChild(group)).iterator().next();
    return (float[]) dataset.getDataFlat();
  }

  /** Models without recorded outputs: their shapes, and that they compute. */
  @ParameterizedTest
  @CsvSource({
    "dl4j-test-resources/cnn1d_flatten_tf_keras2.h5, 1, 126945",
    "dl4j-test-resources/elephas_model.h5, 10, 55050",
    "dl4j-test-resources/elephas_sequential.h5, 10, 118282",
    "dl4j-test-resources/simple_lstm_tf_keras_2_model.h5, 1, 10451",
    "dl4j-test-resources/lstm_functional_tf_keras_2.h5, 5, 461",
    "fer2013_mini_XCEPTION.110-0.65.hdf5, 7, 56951"
  })
  void model_withoutRecordedOutputs_computes(String name, int width, int numParams)
      throws IOException {
    Model model = KerasModel.read(file(name)).model();
    int gates =
        name.contains("lstm_functional")
            ? 32
            : name.contains("simple_lstm") ? 200 : 0; // ours has a second bias
    assertEquals(numParams + gates, model.params().size());
    NetworkPlan plan = (NetworkPlan) model.description().plan();
    float[] inputs = new float[3 * plan.inputs().values().iterator().next().size()];
    Random random = new Random(1);
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = random.nextFloat() * 2 - 1;
    }
    float[] outputs = output(model, inputs);
    assertEquals(3 * width, outputs.length);
    if (width > 1) {
      float sum = 0;
      for (int i = 0; i < width; i++) {
        sum += outputs[i];
      }
      assertEquals(1, sum, 1e-5);
    }
  }

  /** A file of Keras 2's, with the weights of a layer d. */
  private static void write(Path path, String config, float[][] kernel) {
    try (WritableHdfFile file = HdfFile.write(path)) {
      file.putAttribute("model_config", config);
      WritableGroup weights = file.putGroup("model_weights");
      weights.putAttribute("layer_names", new String[] {"d"});
      WritableGroup dense = weights.putGroup("d");
      dense.putAttribute("weight_names", new String[] {"kernel:0"});
      dense.putDataset("kernel:0", kernel);
    }
  }

  /** A file of a model with an image, flattened, against the same sums written out in place. */
  @Test
  void flattenedImage_readsKerasOrderOfNumbers(@TempDir Path folder) throws IOException {
    String config =
        """
        {"class_name": "Sequential", "config": [
          {"class_name": "Flatten", "config": {"name": "f", "batch_input_shape": [null, 2, 3, 2]}},
          {"class_name": "Dense", "config": {"name": "d", "units": 1, "activation": "linear"}}]}
        """;
    float[][] kernel = new float[12][1];
    for (int i = 0; i < 12; i++) {
      kernel[i][0] = i;
    }
    Path path = folder.resolve("model.h5");
    write(path, config, kernel);
    Model model = KerasModel.read(Files.readAllBytes(path)).model();
    for (int row = 0; row < 2; row++) {
      for (int column = 0; column < 3; column++) {
        for (int channel = 0; channel < 2; channel++) {
          float[] image = new float[12];
          image[(channel * 2 + row) * 3 + column] = 1; // [channels, height, width]
          float inKeras = (row * 3 + column) * 2 + channel; // [height, width, channels]
          assertEquals(inKeras, output(model, image)[0], 1e-6);
        }
      }
    }
  }

  @Test
  void miniXception_isALayerListThatLivesInAModelFile() throws IOException {
    Model model = KerasModel.read(file("fer2013_mini_XCEPTION.110-0.65.hdf5")).model();
    NetworkPlan plan = (NetworkPlan) model.description().plan();
    assertEquals(Map.of("input_1", Shape.of(1, 64, 64)), plan.inputs());
    LayerPlan first =
        plan.layers().stream()
            .filter(layer -> layer.node().name().equals("separable_conv2d_1_depthwise"))
            .findFirst()
            .orElseThrow();
    assertEquals("[8, 60, 60]", first.shape().toString());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ModelFile.write(bytes, model);
    Model again = ModelFile.read(new ByteArrayInputStream(bytes.toByteArray()), bytes.size());
    assertEquals(model.sha256(), again.sha256());
    assertEquals(model.description().network(), again.description().network());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'class_name': 'Lambda', 'config': {'name': 'odd'} | layer 'odd' (Lambda) is not supported",
        "'class_name': 'GRU', 'config': {'name': 'g', 'units': 2, 'activation': 'tanh',"
            + " 'recurrent_activation': 'sigmoid'} | layer 'g' (GRU): reset_after false is not",
        "'class_name': 'Dense', 'config': {'name': 'd', 'units': 2, 'activation': 'cubic'}"
            + " | layer 'd' (Dense): activation \"cubic\" is not supported",
        "'class_name': 'Conv1D', 'config': {'name': 'c', 'filters': 2, 'kernel_size': [2],"
            + " 'data_format': 'channels_first'} | layer 'c' (Conv1D): data_format"
      })
  void whatIsNotSupported_isNamed(String layer, String message) throws JsonProcessingException {
    String json =
        ("{'class_name': 'Sequential', 'config': [{'class_name': 'InputLayer', 'config': {'name':"
                + " 'i', 'batch_input_shape': [null, 4, 3]}}, {"
                + layer
                + "}, {'class_name': 'Dense', 'config': {'name': 'last', 'units': 1}}]}")
            .replace('\'', '"');
    JsonNode config = JSON.readTree(json);
    KerasFile file = new KerasFile(Optional.of(config), Optional.empty(), Map.of(), "2.15.0");
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> KerasNetwork.of(config, file));
    assertTrue(e.getMessage().startsWith(message), e.getMessage());
  }

  private static String refusal(Path path, String config) {
    write(path, config.replace('\'', '"'), new float[1][1]);
    return assertThrows(WrongSettings.class, () -> KerasModel.read(Files.readAllBytes(path)))
        .getMessage();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'LeakyReLU', 'config': {'name': 'my', 'negative_slope': 0.3} | (LeakyReLU) is not",
        "'Permute', 'config': {'name': 'my', 'dims': [2, 1]} | (Permute) is not supported",
        "'ZeroPadding1D', 'config': {'name': 'my', 'padding': [0, 1]} | (ZeroPadding1D): padding"
            + " [0,1] is not supported; it must be the same on both sides",
        "'GRU', 'config': {'name': 'my', 'units': 2, 'activation': 'tanh', 'recurrent_activation':"
            + " 'sigmoid', 'reset_after': false} | (GRU): reset_after false is not supported",
        "'Masking', 'config': {'name': 'my', 'mask_value': 0.0} | (Masking) is not supported"
      })
  void layerThatIsNotSupported_isNamed_withTheWayOut(
      String layer, String message, @TempDir Path folder) {
    String refusal =
        refusal(
            folder.resolve("model.h5"),
            """
            {'class_name': 'Sequential', 'config': [
              {'class_name': 'InputLayer', 'config': {'name': 'i', 'batch_shape': [null, 4, 3]}},
              {'class_name': %s},
              {'class_name': 'Dense', 'config': {'name': 'd', 'units': 1}}]}
            """
                .formatted(layer));
    assertTrue(refusal.startsWith("layer 'my' " + message), refusal);
    assertTrue(refusal.contains("; to apply a model as it is, save it as ONNX: "), refusal);
  }

  /** As Keras 3.15 writes them: what computes the mask comes first, and is nobody's layer. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'Masking', 'config': {'name': 'my', 'mask_value': 0.0} | (Masking) is not supported",
        "'Embedding', 'config': {'name': 'my', 'input_dim': 9, 'output_dim': 3, 'mask_zero': true}"
            + " | (Embedding): mask_zero true is not supported"
      })
  void maskOfKeras3_isNamedByTheLayerThatAsksForIt(
      String layer, String message, @TempDir Path folder) {
    String tensor =
        "{'class_name': '__keras_tensor__', 'config': {'shape': [null, 5, 3], 'keras_history':"
            + " ['%s', 0, 0]}}";
    String refusal =
        refusal(
            folder.resolve("model.h5"),
            """
            {'class_name': 'Functional', 'config': {'name': 'f', 'layers': [
              {'class_name': 'InputLayer', 'config': {'name': 'i', 'batch_shape': [null, 5, 3]},
               'name': 'i', 'inbound_nodes': []},
              {'class_name': 'NotEqual', 'config': {'name': 'not_equal'}, 'name': 'not_equal',
               'inbound_nodes': [{'args': [%s, 0.0], 'kwargs': {}}]},
              {'class_name': %s, 'name': 'my', 'inbound_nodes': [{'args': [%s], 'kwargs': {}}]}],
             'input_layers': [['i', 0, 0]], 'output_layers': [['my', 0, 0]]}}
            """
                .formatted(tensor.formatted("i"), layer, tensor.formatted("i")));
    assertTrue(refusal.startsWith("layer 'my' " + message), refusal);
  }

  @Test
  void filesThatAreNoModels_areRefused() throws IOException {
    byte[] weightsAlone = file("squeezenet_notop_weights_tf.h5");
    assertRefused("the file holds weights alone, for layers conv1, fire2_squeeze1x1", weightsAlone);
    byte[] records = file("dl4j-test-resources/simple_rnn_tf_keras_2_inputs_and_outputs.h5");
    assertRefused("an HDF5 file, but none of Keras's models", records);
    byte[] cut = java.util.Arrays.copyOf(weightsAlone, 5000);
    assertThrows(IllegalArgumentException.class, () -> KerasModel.read(cut));
    assertRefused("no HDF5 file", new byte[100]);
  }

  private static void assertRefused(String message, byte[] file) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> KerasModel.read(file));
    assertTrue(e.getMessage().startsWith(message), e.getMessage());
  }
}
