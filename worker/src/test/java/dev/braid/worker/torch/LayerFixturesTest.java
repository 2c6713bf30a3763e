package dev.braid.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers over sequences of any length against PyTorch: layers.json is made by layers.py. */
class LayerFixturesTest {
  /** Floats, of numbers of which some are sums of 30 products. */
  private static final float ROUNDING = 1e-5f;

  /** What PyTorch computed. */
  @SuppressWarnings("ArrayRecordComponent")
  record Fixture(
      String name,
      List<String> layers,
      Map<String, Input> inputs,
      Map<String, int[]> lengths,
      Map<String, float[]> params,
      float[] output) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** A padded input. */
  @SuppressWarnings("ArrayRecordComponent")
  record Input(int[] shape, float[] values) {}

  static Stream<Fixture> fixtures() throws IOException {
    try (InputStream in = LayerFixturesTest.class.getResourceAsStream("layers/layers.json")) {
      return Arrays.stream(new ObjectMapper().readValue(in, Fixture[].class));
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void layer_equalsPyTorchs(Fixture fixture) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    fixture.inputs.forEach((name, input) -> shapes.put(name, Shape.ragged(input.shape[1])));
    String[] layers = fixture.layers.toArray(new String[2]);
    layers[1] = "output: {loss: 'meanSquared', projection: false}";
    // A second layer's weights, for networks need some.
    NetworkPlan plan =
        fixture.params.isEmpty() ? withWeights(layers, shapes) : plan(shapes, layers);

    float[] found = answer(plan, fixture);
    int size = fixture.lengths.values().iterator().next().length;
    int[] lengths = fixture.lengths.values().iterator().next();
    boolean isSequence = plan.outputs().get(0).shape().isRagged();
    int time = isSequence ? fixture.inputs.values().iterator().next().shape[0] : 1;
    int width = fixture.output.length / size / time;
    for (int i = 0; i < found.length; i++) {
      boolean padding = isSequence && i / width % time >= lengths[i / width / time];
      assertEquals(padding ? found[i] : fixture.output[i], found[i], ROUNDING);
    }
  }

  private static NetworkPlan plan(Map<String, Shape> shapes, String... layers) {
    return Networks.of(layers).plan(shapes, List.of());
  }

  /** The layer with an output of its own that has weights, and one beside it that is asked for. */
  private static NetworkPlan withWeights(String[] layers, Map<String, Shape> shapes) {
    String kind = layers[0].substring(0, layers[0].indexOf(':'));
    String name = layers[0].contains("name: 'a'") ? "a" : kind + "1";
    return plan(
        shapes,
        layers[0],
        layers[1],
        "output: {from: '" + name + "', loss: 'meanSquared', units: 1}");
  }

  private static float[] answer(NetworkPlan plan, Fixture fixture) {
    Blocks params = Blocks.zeros(plan.layout().numParams());
    for (Segment segment : plan.layout().params()) {
      float[] values = fixture.params.get(segment.name());
      if (values != null) {
        assertEquals(segment.size(), values.length, segment.name());
        params.write(segment.offset(), values, values.length);
      }
    }
    float[][] inputs = fixture.inputs.values().stream().map(Input::values).toArray(float[][]::new);
    int[][] lengths =
        fixture.inputs.keySet().stream().map(fixture.lengths::get).toArray(int[][]::new);
    try (TorchNetwork network = new TorchNetwork(plan)) {
      network.loadParams(params);
      return network.output(new MiniBatch(lengths[0].length, inputs, lengths, null, null))[0];
    }
  }
}
