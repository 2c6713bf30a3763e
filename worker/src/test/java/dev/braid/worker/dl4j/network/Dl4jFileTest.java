package dev.braid.worker.dl4j.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class Dl4jFileTest {
  private static MultiLayerNetwork network() {
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .updater(new Adam(0.1))
            .list()
            .layer(new DenseLayer.Builder().nIn(3).nOut(4).build())
            .layer(
                new OutputLayer.Builder(LossFunction.MSE)
                    .activation(org.nd4j.linalg.activations.Activation.TANH)
                    .nIn(4)
                    .nOut(2)
                    .build())
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    network.fit(new DataSet(Nd4j.rand(2, 3), Nd4j.rand(2, 2)));
    return network;
  }

  private static byte[] zip(org.deeplearning4j.nn.api.Model network) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ModelSerializer.writeModel(network, bytes, true);
    return bytes.toByteArray();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String refusal(byte[] bytes) {
    return assertThrows(IllegalArgumentException.class, () -> Dl4jFile.read("net.zip", bytes))
        .getMessage();
  }

  @Test
  void zip_bringsWeightsAndUpdater_ofBothKinds() throws IOException {
    MultiLayerNetwork sequence = network();
    ComputationGraph graph = sequence.toComputationGraph();
    Dl4jModel first = Dl4jFile.read("net.zip", zip(sequence));
    assertEquals(sequence.params(), first.params());
    assertEquals(sequence.updaterState(), first.updaterState());
    assertEquals(1, first.iteration());
    assertEquals(graph.params(), Dl4jFile.read("net.zip", zip(graph)).params());
  }

  @Test
  void configurations_inJsonAndYaml_ofBothKinds() {
    MultiLayerConfiguration sequence = network().getLayerWiseConfigurations();
    var graph = network().toComputationGraph().getConfiguration();
    for (String text :
        new String[] {sequence.toJson(), sequence.toYaml(), graph.toJson(), graph.toYaml()}) {
      assertEquals(26, Dl4jFile.read("net", utf8(text)).params().length());
    }
  }

  @Test
  void cutOffZip_isRefused() throws IOException {
    byte[] whole = zip(network());
    String message = refusal(Arrays.copyOf(whole, whole.length / 2));
    assertEquals("net.zip: the file is cut off or damaged; copy or save it again", message);
  }

  @Test
  void unknownClasses_areNamed() {
    String json = network().getLayerWiseConfigurations().toJson();
    String dense = "org.deeplearning4j.nn.conf.layers.DenseLayer";
    assertTrue(
        refusal(utf8(json.replace(dense, "com.example.Mine")))
            .contains("class com.example.Mine is not on the classpath; add its jar"));
    assertTrue(
        refusal(utf8(json.replace(dense, dense + "V2")))
            .contains("has no class " + dense + "V2: the file is of another version"));
  }

  @Test
  void otherFiles_areRefused() throws IOException {
    assertTrue(refusal(utf8("{\"a\": 1}")).startsWith("net.zip: neither a zip nor"));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (var zip = new java.util.zip.ZipOutputStream(bytes)) {
      zip.putNextEntry(new java.util.zip.ZipEntry("readme"));
    }
    assertTrue(refusal(bytes.toByteArray()).contains("but there are [readme]"));
  }
}
