package dev.braid.jobs.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.network.Network;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.shape.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks that are written by blocks and repeats. */
class BlocksTest {
  private static final Path FOLDER = Path.of("src/test/resources/networks");

  record Section(Network network) {}

  private static Network read(String... lines) {
    return SettingsFile.of("job.yaml", String.join("\n", lines), List.of())
        .as(Section.class)
        .network();
  }

  private static String refusal(String... lines) {
    return assertThrows(WrongSettings.class, () -> read(lines)).getMessage();
  }

  private static List<String> names(Network network, Map<String, Shape> inputs) {
    return network.plan(inputs, List.of(Target.ofClasses(2))).layers().stream()
        .map(layer -> layer.node().name())
        .toList();
  }

  private static List<String> sources(LayerPlan layer) {
    return layer.node().sources().stream().map(source -> source.name()).toList();
  }

  /**
   * The numbers are those of two modules of GoogLeNet, arXiv:1409.4842, table 1, with biases, and
   * of an output of ten classes; the classic networks as wholes are ClassicNetworksTest's.
   */
  @ParameterizedTest
  @CsvSource({"inception, 28, 192, 10, 557242, 25"})
  void publishedNetwork_hasItsNumberOfParameters(
      String name, int side, int channels, int classes, long numParams, int maxLines)
      throws IOException {
    Path file = FOLDER.resolve(name + ".yaml");
    Network network = SettingsFile.read(file, List.of()).as(Section.class).network();

    NetworkPlan plan =
        network.plan(
            Map.of("input", Shape.of(channels, side, side)), List.of(Target.ofClasses(classes)));

    assertEquals(numParams, plan.layout().numParams());
    assertTrue(Files.readAllLines(file).size() <= maxLines);
  }

  @Test
  void block_namesItsLayers_andReadsWhatItIsTold() {
    Network network =
        read(
            "network:",
            "  blocks:",
            "    residual:",
            "      parameters: {units: , activation: tanh}",
            "      layers:",
            "        - dense: {name: inner, units: $units, activation: $activation}",
            "        - dense: {units: $units}",
            "        - add: {from: [dense2, input]}",
            "  layers:",
            "    - dense: {units: 3}",
            "    - block: {use: residual, units: 3, times: 2}",
            "    - block: {use: residual, units: 3, name: last, from: dense1, activation: relu}",
            "    - add: {from: [residual2, last]}",
            "    - output: {loss: crossEntropy}");

    NetworkPlan plan = network.plan(Map.of("input", Shape.of(3)), List.of(Target.ofClasses(2)));

    assertEquals(
        List.of(
            "dense1",
            "residual1-inner",
            "residual1-dense2",
            "residual1-add1",
            "residual2-inner",
            "residual2-dense2",
            "residual2-add1",
            "last-inner",
            "last-dense2",
            "last-add1",
            "add4",
            "output1"),
        plan.layers().stream().map(layer -> layer.node().name()).toList());
    assertEquals(List.of("residual1-dense2", "dense1"), sources(plan.layers().get(3)));
    assertEquals(List.of("residual1-add1"), sources(plan.layers().get(4)));
    assertEquals(List.of("residual2-dense2", "residual1-add1"), sources(plan.layers().get(6)));
    assertEquals(List.of("dense1"), sources(plan.layers().get(7)));
    assertEquals(List.of("last-dense2", "dense1"), sources(plan.layers().get(9)));
    assertEquals(List.of("residual2-add1", "last-add1"), sources(plan.layers().get(10)));
  }

  @Test
  void blockWithTheWeightsOfAnother_isTheSameTowerTwice() {
    Network network =
        read(
            "network:",
            "  blocks:",
            "    tower:",
            "      layers:",
            "        - repeat: {times: 2, layers: [{dense: {units: 3}}, {batchNorm: {}}]}",
            "        - bidirectional: {layer: {gru: {units: 2}}}",
            "        - globalMaxPooling: {}",
            "  layers:",
            "    - block: {use: tower, name: left, from: a}",
            "    - block: {use: tower, name: right, from: b, weights: {of: left}}",
            "    - concatenate: {from: [left, right]}",
            "    - output: {loss: crossEntropy}");
    Map<String, Shape> inputs = new LinkedHashMap<>();
    inputs.put("a", Shape.of(5, 3));
    inputs.put("b", Shape.of(5, 3));

    NetworkPlan plan = network.plan(inputs, List.of(Target.ofClasses(2)));

    long tower = 2 * (12 + 6) + 2 * 3 * 2 * (3 + 2 + 2);
    assertEquals(tower + 8 * 2 + 2, plan.layout().numParams());
    assertEquals(4 * 3, plan.layout().numStatistics());
    LayerPlan right = plan.layers().get(6);
    assertEquals("right-repeat1-dense1", right.node().name());
    assertEquals("left-repeat1-dense1", right.original());
  }

  @Test
  void repeatWithoutName_seesTheNamesAroundIt() {
    Network network =
        read(
            "network:",
            "  layers:",
            "    - dense: {name: start, units: 3}",
            "    - repeat:",
            "        times: 2",
            "        layers:",
            "          - dense: {units: 3}",
            "          - add: {from: [dense1, input, start]}",
            "    - output: {loss: crossEntropy}");

    NetworkPlan plan = network.plan(Map.of("input", Shape.of(3)), List.of(Target.ofClasses(2)));

    assertEquals(List.of("repeat1-dense1", "start", "start"), sources(plan.layers().get(2)));
    assertEquals(List.of("repeat2-dense1", "repeat1-add1", "start"), sources(plan.layers().get(4)));
  }

  @Test
  void anchors_standForLayersAndBlocks_andMergeWithWhatIsBesideThem() {
    Network network =
        read(
            "network:",
            "  blocks:",
            "    wide: {parameters: {units: 3}, layers: &layers [{dense: {units: $units}}]}",
            "    same: {parameters: {units: 4}, layers: *layers}",
            "  layers:",
            "    - &first {block: {use: wide}}",
            "    - dense: &dense {units: 5, bias: false}",
            "    - *first",
            "    - dense: {<<: *dense, units: 6}",
            "    - block: {use: same}",
            "    - output: {loss: crossEntropy}");

    NetworkPlan plan = network.plan(Map.of("input", Shape.of(2)), List.of(Target.ofClasses(2)));

    assertEquals(
        List.of("[3]", "[5]", "[3]", "[6]", "[4]", "[2]"),
        plan.layers().stream().map(layer -> layer.shape().toString()).toList());
    assertEquals(9 + 15 + 18 + 18 + 28, plan.layout().numParams() - 4 * 2 - 2);
  }

  @Test
  void modelFile_keepsThePlainList() throws IOException {
    Network network =
        read(
            "network:",
            "  blocks: {b: {parameters: {n: }, layers: [{dense: {units: $n}}]}}",
            "  layers: [{block: {use: b, n: 3}}, {output: {loss: crossEntropy}}]");

    String written = new JsonMapper().writeValueAsString(network);

    assertTrue(!written.contains("block") && written.contains("b1-dense1"), written);
    assertEquals(network, new JsonMapper().readValue(written, Network.class));
    assertEquals(List.of("b1-dense1", "output1"), names(network, Map.of("input", Shape.of(3))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "block: {use: residul, units: 2} | network.layers.0 (line 7): there is no block 'residul';"
            + " did you mean 'residual'?; say by use: which; network.blocks has residual, loop,"
            + " odd",
        "block: {use: residual} | network.layers.0 (line 7): block 'residual' needs units",
        "block: {use: residual, unit: 3} | block 'residual' has no parameter 'unit'; did you mean"
            + " 'units'?; it has units, rate",
        "block: {use: loop} | block 'loop' uses itself ('loop' > loop)",
        "block: {use: odd} | network.blocks.odd.layers.0 (line 6): in block 'odd': there is no"
            + " parameter 'unit' here",
        "block: {use: residual, units: many} | network.layers.0.block.units (line 7): expected a"
            + " whole number, got 'many'",
        "block: {use: residual, units: -1} | network.blocks.residual.layers.0.dense (line 4): units"
            + " must be at least 1, got -1",
        "block: {use: residual, units: 2, times: 0} | times must be a whole number from 1 to"
            + " 10,000",
        "block: {use: residual, units: 2, weights: {of: left}} | no block above is called 'left'",
        "repeat: {layers: [{flatten: {}}]} | times must be a whole number from 1 to 10,000, got"
            + " none",
        "repeat: {times: 2} | repeat needs a list of layers",
        "repeat: {time: 2} | repeat has no setting 'time'; did you mean 'times'?",
        "repeat: {times: 10000, layers: [{flatten: {}}, {flatten: {}}]} | more than 10,000 layers",
      })
  void mistake_isToldWithBlockAndPlace(String layer, String message) {
    String refusal =
        refusal(
            "network:",
            "  blocks:",
            "    residual: {parameters: {units: , rate: 0.1},",
            "      layers: [{dense: {units: $units}}]}",
            "    loop: {layers: [{block: {use: loop}}]}",
            "    odd: {parameters: {units: 1}, layers: [{dense: {units: $unit}}]}",
            "  layers: [{" + layer + "}, {output: {loss: crossEntropy}}]");

    assertTrue(refusal.contains(message), refusal);
  }
}
