package dev.braid.worker.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.function.Activation;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.layer.Output;
import dev.braid.worker.loss.CrossEntropy;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.loss.MeanAbsolute;
import dev.braid.worker.loss.MeanSquared;
import dev.braid.worker.model.Model;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the last layer and the loss of one of Keras's models become. */
class KerasEndTest {
  private static final JsonMapper JSON = new JsonMapper();

  private static JsonNode json(String text) throws JsonProcessingException {
    return JSON.readTree(text.replace('\'', '"'));
  }

  /** A model of one dense layer. */
  private static KerasNetwork.Read read(String activation, String training)
      throws JsonProcessingException {
    return network(
        "{'class_name': 'Dense', 'config': {'name': 'd', 'units': 3, 'activation': '%s'}}"
            .formatted(activation),
        training);
  }

  private static KerasNetwork.Read network(String layers, String training)
      throws JsonProcessingException {
    JsonNode config =
        json(
            "{'class_name': 'Sequential', 'config': [{'class_name': 'InputLayer', 'config':"
                + " {'name': 'i', 'batch_input_shape': [null, 4]}}, "
                + layers
                + "]}");
    KerasFile file =
        new KerasFile(Optional.of(config), Optional.of(json(training)), Map.of(), "2.15.0");
    return KerasNetwork.of(config, file);
  }

  private static Output output(KerasNetwork.Read read) {
    List<Layer> layers = read.network().layers();
    return (Output) layers.get(layers.size() - 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "softmax | 'categorical_crossentropy' | crossEntropy | SOFTMAX",
        "softmax | 'sparse_categorical_crossentropy' | crossEntropy | SOFTMAX",
        "softmax | {'class_name': 'CategoricalCrossentropy', 'config': {'from_logits': false,"
            + " 'label_smoothing': 0.0, 'reduction': 'auto'}} | crossEntropy | SOFTMAX",
        "linear | {'class_name': 'SparseCategoricalCrossentropy', 'config': {'from_logits': true,"
            + " 'ignore_class': null}} | crossEntropy | SOFTMAX",
        "linear | {'class_name': 'CategoricalCrossentropy', 'config': {'from_logits': true}} |"
            + " crossEntropy | SOFTMAX",
        "linear | {'class_name': 'BinaryCrossentropy', 'config': {'from_logits': true, 'axis': -1}}"
            + " | binaryCrossEntropy | SIGMOID",
        "sigmoid | 'binary_crossentropy' | binaryCrossEntropy | SIGMOID",
        "softmax | null | crossEntropy | SOFTMAX",
        "sigmoid | null | binaryCrossEntropy | SIGMOID",
        "softmax | 'kullback_leibler_divergence' | klDivergence | SOFTMAX",
        "softmax | 'mse' | meanSquared | SOFTMAX",
        "sigmoid | 'mean_squared_error' | meanSquared | SIGMOID",
        "linear | 'mae' | meanAbsolute | IDENTITY",
        "relu | {'class_name': 'Huber', 'config': {'delta': 1.0}} | huber | RELU",
        "tanh | 'hinge' | hinge | TANH",
        "tanh | 'squared_hinge' | squaredHinge | TANH",
        "exponential | 'poisson' | poisson | EXPONENTIAL",
        "linear | {'class_name': 'CosineSimilarity', 'config': {'axis': -1}} | cosine | IDENTITY",
      })
  void lossWithCounterpart_isTaken(String activation, String loss, Loss expected, Activation shown)
      throws JsonProcessingException {
    KerasNetwork.Read read = read(activation, "{'loss': " + loss + "}");
    assertEquals(List.of(), read.foreignLosses());
    assertEquals(expected, output(read).loss());
    assertEquals(shown, output(read).finalActivation());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "linear | null | no loss at all | IDENTITY",
        "linear | {'class_name': 'LogCosh', 'config': {}} | LogCosh | IDENTITY",
        "linear | {'class_name': 'Huber', 'config': {'name': 'huber_loss'}} | Huber | IDENTITY",
        "linear | 'mean_absolute_percentage_error' | mean_absolute_percentage_error | IDENTITY",
        "linear | {'class_name': 'Huber', 'config': {'delta': 2.0}} | Huber with delta 2.0 |"
            + " IDENTITY",
        "softmax | {'class_name': 'CategoricalCrossentropy', 'config': {'label_smoothing': 0.1}} |"
            + " CategoricalCrossentropy with label_smoothing 0.1 | SOFTMAX",
        "linear | 'categorical_crossentropy' | categorical_crossentropy | IDENTITY",
        "linear | 'poisson' | poisson | IDENTITY",
        "softmax | {'class_name': 'function', 'config': 'my_loss'} | my_loss | SOFTMAX",
        "sigmoid | {'class_name': 'BinaryFocalCrossentropy', 'config': {'gamma': 2.0}} |"
            + " BinaryFocalCrossentropy with gamma 2.0 | SIGMOID",
      })
  void lossWithoutCounterpart_isNamed_andTheAnswerStays(
      String activation, String loss, String named, Activation shown)
      throws JsonProcessingException {
    KerasNetwork.Read read = read(activation, "{'loss': " + loss + "}");
    assertEquals(List.of("output 'd': " + named), read.foreignLosses());
    assertEquals(shown, output(read).finalActivation());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'class_name': 'Softmax', 'config': {'name': 's'}",
        "'class_name': 'Activation', 'config': {'name': 's', 'activation': 'softmax'}"
      })
  void softmaxLayerAtTheEnd_isAnOutputOfClasses(String layer) throws JsonProcessingException {
    KerasNetwork.Read read =
        network(
            "{'class_name': 'Dense', 'config': {'name': 'd', 'units': 3}}, {" + layer + "}", "{}");
    assertEquals(new CrossEntropy(), output(read).loss());
    assertEquals("s", output(read).name());
  }

  @Test
  void lossesAndWeightsOfSeveralOutputs_goByNameOrPlace() throws JsonProcessingException {
    JsonNode config =
        json(
            "{'class_name': 'Functional', 'config': {'layers': [{'class_name': 'InputLayer',"
                + " 'name': 'i', 'config': {'name': 'i', 'batch_shape': [null, 4]},"
                + " 'inbound_nodes': []}, {'class_name': 'Dense', 'name': 'a', 'config': {'units':"
                + " 2}, 'inbound_nodes': [[['i', 0, 0, {}]]]}, {'class_name': 'Dense', 'name': 'b',"
                + " 'config': {'units': 1}, 'inbound_nodes': [[['i', 0, 0, {}]]]}], 'input_layers':"
                + " [['i', 0, 0]], 'output_layers': [['b', 0, 0], ['a', 0, 0]]}}");
    for (String training :
        List.of(
            "{'loss': {'a': 'mse', 'b': 'mae'}, 'loss_weights': {'b': 0.25}}",
            "{'loss': ['mae', 'mse'], 'loss_weights': [0.25, 1.0]}")) {
      KerasFile file =
          new KerasFile(Optional.of(config), Optional.of(json(training)), Map.of(), "2.15.0");
      List<Layer> layers = KerasNetwork.of(config, file).network().layers();
      Output first = (Output) layers.get(0);
      Output second = (Output) layers.get(1);
      assertEquals(List.of("b", "a"), List.of(first.name(), second.name()));
      assertEquals(
          List.of(new MeanAbsolute(), new MeanSquared()), List.of(first.loss(), second.loss()));
      assertEquals(List.of(0.25, 1.0), List.of(first.weight(), second.weight()));
    }
  }

  @Test
  void modelWithForeignLoss_isApplied_butNotTrained() {
    Model model = KerasMatrixTest.model("end_huber-keras.h5").model();
    assertEquals(2, model.description().labels().get(0).width());
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> KerasMatrixTest.model("end_huber-keras.keras").toTrain());
    assertTrue(e.getMessage().contains("Huber"), e.getMessage());
    assertTrue(e.getMessage().contains("transfer.head"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "end_logits-keras.keras",
    "end_logits-tf_keras.h5",
    "end_sparse_logits-keras.h5",
    "end_softmax_layer-keras.h5",
    "end_softmax_squared-tf_keras.h5"
  })
  void classifier_hasClasses_whateverItsLoss(String file) {
    Model model = KerasMatrixTest.model(file).toTrain();
    assertEquals(List.of("0", "1", "2"), model.description().labels().get(0).classes());
  }

  @Test
  void binaryLogits_haveTwoClasses() {
    Model model = KerasMatrixTest.model("end_binary_logits-keras.h5").toTrain();
    assertEquals(List.of("0", "1"), model.description().labels().get(0).classes());
  }
}
