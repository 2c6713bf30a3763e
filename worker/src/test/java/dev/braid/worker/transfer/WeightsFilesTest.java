package dev.braid.worker.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.Checkout;
import dev.braid.worker.keras.KerasModel;
import dev.braid.worker.model.Safetensors;
import dev.braid.worker.model.Tensors;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.network.Start;
import dev.braid.worker.network.Target;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.State;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Files of weights alone, onto networks that are described elsewhere. */
class WeightsFilesTest {
  private static byte[] safetensors() throws IOException {
    List<Segment> segments =
        List.of(
            new Segment("net.0.weight", List.of(2, 3), 0, Segment.Role.WEIGHT),
            new Segment("net.0.bias", List.of(2), 6, Segment.Role.BIAS),
            new Segment("scale", List.of(2, 2), 8, Segment.Role.WEIGHT));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Safetensors.write(
        out, List.of(new Tensors(segments, Blocks.copyOf(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12))));
    return out.toByteArray();
  }

  private static TransferPlan plan(String names) {
    return Networks.readAs(
        "{model: 'x.safetensors', network: {layers: [{dense: {units: 2, name: 'stem'}}, {dense:"
            + " {units: 2, name: 'top', bias: false}}]}, head: [{output: {loss: 'crossEntropy'}}],"
            + " names: "
            + names
            + "}",
        TransferPlan.class);
  }

  private static State weights(Start start, Shape input) {
    NetworkPlan plan =
        (NetworkPlan) start.network().plan(Map.of("input", input), List.of(Target.ofClasses(3)));
    return start.adaptation().orElseThrow().weights(plan, 1);
  }

  @Test
  void safetensors_findTheirPlaces_byTheNamesOfLayersAndTensors() throws IOException {
    Map<String, Safetensors.Tensor> file = Safetensors.readAll(safetensors());
    TransferPlan plan = plan("{stem: 'net.0', 'top.weight': 'scale'}");
    State state =
        weights(TransferAdapter.start(plan, new NamedTensors(file, plan.names())), Shape.of(3));
    float[] learned = new float[12];
    state.params().read(0, learned, 12);
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, learned);
  }

  @Test
  void namesAndShapesThatDoNotFit_areNamed() throws IOException {
    Map<String, Safetensors.Tensor> file = Safetensors.readAll(safetensors());
    assertRefused(
        "transfer.names: the file has no 'net.1'; it has net.0.weight",
        () -> new NamedTensors(file, Map.of("stem", "net.1")));
    TransferPlan partial = plan("{stem: 'net.0'}");
    assertRefused(
        "transfer.model: the file has no numbers for 'top.weight'; name the layer in",
        () ->
            weights(
                TransferAdapter.start(partial, new NamedTensors(file, partial.names())),
                Shape.of(3)));
    TransferPlan wrong = plan("{stem: 'net.0', 'top.weight': 'net.0.weight'}");
    assertRefused(
        "transfer.model: tensor 'net.0.weight' has shape [2, 3], but 'top.weight' of the network"
            + " has [2, 2]",
        () ->
            weights(
                TransferAdapter.start(wrong, new NamedTensors(file, wrong.names())), Shape.of(3)));
  }

  @Test
  void tensorOfWholeNumbers_isRefused_whereALayerNeedsIt() {
    Map<String, Safetensors.Tensor> file =
        Map.of("top.weight", new Safetensors.Tensor("I64", List.of(2L, 2L), null));
    NamedTensors learned = new NamedTensors(file, Map.of());
    TransferPlan plan = plan("{}");
    Start start = TransferAdapter.start(plan, learned);
    NetworkPlan network =
        (NetworkPlan)
            start.network().plan(Map.of("input", Shape.of(3)), List.of(Target.ofClasses(3)));
    assertRefused(
        "transfer.model: tensor 'top.weight' has the type I64, but 'top.weight' of the network",
        () ->
            learned.of(
                network, network.layers().get(1), network.layers().get(1).parameters().get(0)));
  }

  @Test
  void numbersThatAreNotFinite_areRefusedByTheirLayer() {
    Map<String, Safetensors.Tensor> file =
        Map.of(
            "stem.weight", new Safetensors.Tensor("F32", List.of(2L, 3L), new float[6]),
            "stem.bias", new Safetensors.Tensor("F32", List.of(2L), new float[] {1, Float.NaN}));
    assertRefused(
        "transfer.model: the numbers for 'stem.bias' are not all finite",
        () ->
            weights(
                TransferAdapter.start(plan("{}"), new NamedTensors(file, Map.of())), Shape.of(3)));
  }

  private static void assertRefused(String message, org.junit.jupiter.api.function.Executable run) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, run);
    assertTrue(e.getMessage().startsWith(message), e.getMessage());
  }

  @Test
  void squeezeNet_takesItsPublishedWeights_andReadsRedFirst() throws IOException {
    Path file = Checkout.shared("data/keras-models/squeezenet_notop_weights_tf.h5");
    LearnedWeights published = KerasModel.weights(Files.readAllBytes(file));
    TransferPlan plan =
        Networks.readAs(
            "{model: 'x.h5', architecture: 'squeezeNet', head: [{globalAveragePooling: {}},"
                + " {output: {loss: 'crossEntropy'}}], freeze: {upTo: 'fire9_concat'}}",
            TransferPlan.class);
    Start start = TransferAdapter.start(plan, published);
    Shape photo = Shape.of(3, 64, 64);
    NetworkPlan network =
        (NetworkPlan) start.network().plan(Map.of("input", photo), List.of(Target.ofClasses(3)));
    State state = start.adaptation().orElseThrow().weights(network, 1);
    assertEquals(722_496 + 512 * 3 + 3, state.params().size());
    assertEquals("[512, 3, 3]", network.layers().get(network.layers().size() - 3).shape() + "");

    float[] blueFirst =
        published
            .of(network, network.layers().get(0), network.layers().get(0).parameters().get(0))
            .orElseThrow();
    for (int tap = 0; tap < 9; tap++) {
      assertEquals(blueFirst[18 + tap], state.params().get(tap), "red");
      assertEquals(blueFirst[9 + tap], state.params().get(9 + tap), "green");
      assertEquals(blueFirst[tap], state.params().get(18 + tap), "blue");
    }
    float[] red = {123.68f};
    start.normalisers().orElseThrow().of(List.of(photo)).get(0).applyInPlace(red, 0, 1);
    assertEquals(0, red[0]);
  }
}
