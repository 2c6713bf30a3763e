package dev.braid.worker.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.layer.Embedding;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkTest {
  private static final Target TEN = Target.ofClasses(10);
  private static final String OUTPUT = "output: {loss: 'crossEntropy'}";

  private static List<String> shapes(NetworkPlan plan) {
    return plan.layers().stream().map(layer -> layer.shape().toString()).toList();
  }

  private static String refusal(Shape input, Target target, String... layers) {
    return assertThrows(IllegalArgumentException.class, () -> Networks.plan(input, target, layers))
        .getMessage();
  }

  @Test
  void plan_lenet_infersShapesAndLayout() {
    NetworkPlan plan =
        Networks.plan(
            Shape.of(1, 28, 28),
            TEN,
            "convolution: {filters: 20, kernel: 5, activation: 'relu'}",
            "maxPooling: {kernel: 2}",
            "convolution: {filters: 50, kernel: [5, 5], activation: 'relu'}",
            "maxPooling: {kernel: 2}",
            "flatten: {}",
            "dense: {units: 500, activation: 'relu'}",
            OUTPUT);

    assertEquals(
        List.of(
            "[20, 24, 24]", "[20, 12, 12]", "[50, 8, 8]", "[50, 4, 4]", "[800]", "[500]", "[10]"),
        shapes(plan));
    assertEquals(
        List.of(
            "convolution1.weight",
            "convolution1.bias",
            "convolution2.weight",
            "convolution2.bias",
            "dense1.weight",
            "dense1.bias",
            "output1.weight",
            "output1.bias"),
        plan.layout().params().stream().map(Segment::name).toList());
    assertEquals(List.of(50, 20, 5, 5), plan.layout().params().get(2).shape());
    assertEquals(520, plan.layout().params().get(2).offset());
    assertEquals(431_080, plan.layout().numParams());
  }

  @ParameterizedTest
  @CsvSource({
    "'convolution: {filters: 4, kernel: 3}', '[4, 5, 7]'",
    "'convolution: {filters: 4, kernel: [1, 3], stride: 2}', '[4, 4, 4]'",
    "'convolution: {filters: 4, kernel: 3, padding: \"same\", stride: 2}', '[4, 4, 5]'",
    "'convolution: {filters: 4, kernel: 3, padding: 2}', '[4, 9, 11]'",
    "'convolution: {filters: 4, kernel: 3, dilation: 2, padding: [0, 2]}', '[4, 3, 9]'",
    "'maxPooling: {kernel: 2}', '[6, 3, 4]'",
    "'averagePooling: {kernel: 2, padding: \"same\"}', '[6, 4, 5]'",
    "'globalMaxPooling: {}', '[6]'",
    "'zeroPadding: {padding: [1, 2]}', '[6, 9, 13]'",
    "'upsampling: {factor: 3}', '[6, 21, 27]'",
    "'reshape: {shape: [63, 6]}', '[63, 6]'"
  })
  void plan_ofAnImage6x7x9_givesThisShape(String layer, String expected) {
    NetworkPlan plan = Networks.plan(Shape.of(6, 7, 9), TEN, layer, "flatten: {}", OUTPUT);

    assertEquals(expected, shapes(plan).get(0));
  }

  @ParameterizedTest
  @CsvSource({
    "'convolution: {filters: 4, kernel: 3}', '[5, 4]'",
    "'averagePooling: {kernel: 3, stride: 1}', '[5, 6]'",
    "'globalAveragePooling: {}', '[6]'",
    "'dense: {units: 4}', '[7, 4]'",
    "'lstm: {units: 4}', '[7, 4]'",
    "'gru: {units: 4, returnSequences: false}', '[4]'",
    "'bidirectional: {layer: {lstm: {units: 4}}}', '[7, 8]'",
    "'bidirectional: {layer: {simpleRnn: {units: 4}}, merge: \"sum\"}', '[7, 4]'",
    "'layerNorm: {}', '[7, 6]'"
  })
  void plan_ofASequenceOf7Steps_givesThisShape(String layer, String expected) {
    NetworkPlan plan = Networks.plan(Shape.of(7, 6), TEN, layer, "flatten: {}", OUTPUT);

    assertEquals(expected, shapes(plan).get(0));
  }

  @Test
  void plan_graph_readsBranchesAndSeveralInputs() {
    Network network =
        Networks.of(
            "convolution: {name: 'a', from: 'image', filters: 8, kernel: 3, padding: 'same'}",
            "convolution: {name: 'b', filters: 8, kernel: 3, padding: 'same'}",
            "add: {name: 'sum', from: ['a', 'b']}",
            "flatten: {}",
            "concatenate: {from: ['flatten1', 'table']}",
            "output: {name: 'kind', loss: 'crossEntropy'}",
            "output: {name: 'price', from: 'concatenate1', loss: 'meanSquared', weight: 0.5}");
    Map<String, Shape> data = new LinkedHashMap<>();
    data.put("image", Shape.of(3, 8, 8));
    data.put("table", Shape.of(5));

    NetworkPlan plan = network.plan(data, List.of(TEN, Target.ofNumbers(2)));

    assertEquals(
        List.of("[8, 8, 8]", "[8, 8, 8]", "[8, 8, 8]", "[512]", "[517]", "[10]", "[2]"),
        shapes(plan));
    assertEquals(List.of(7, 8), plan.outputs().stream().map(OutputPlan::index).toList());
    assertEquals(2, plan.outputs().get(1).labelWidth());
  }

  @Test
  void plan_inputsSection_readsAFlatColumnAsAnImage() {
    Network network =
        Networks.read(
            "{inputs: {image: [1, 28, 28]}, layers: [{convolution: {filters: 2, kernel: 5}},"
                + " {flatten: {}}, {output: {loss: 'crossEntropy'}}]}");

    NetworkPlan plan = network.plan(Map.of("pixels", Shape.of(784)), List.of(TEN));

    assertEquals("[2, 24, 24]", shapes(plan).get(0));
    assertTrue(
        assertThrows(
                IllegalArgumentException.class,
                () -> network.plan(Map.of("pixels", Shape.of(3072)), List.of(TEN)))
            .getMessage()
            .contains("'image' is to be read as [1, 28, 28], that is 784 numbers"));
  }

  @Test
  void plan_branchesOfDifferentShape_namesBothLayersAndShapes() {
    String message =
        refusal(
            Shape.of(3, 8, 8),
            TEN,
            "convolution: {name: 'a', filters: 64, kernel: 1}",
            "convolution: {name: 'b', filters: 32, kernel: 1}",
            "add: {name: 'sum', from: ['a', 'b']}",
            OUTPUT);

    assertEquals(
        "layer 'sum' adds 'a' [64, 8, 8] and 'b' [32, 8, 8]: shapes must be equal; give both"
            + " branches the same filters (units) and strides, or join them by concatenate",
        message);
  }

  @Test
  void plan_misfits_nameTheLayersAndTheirShapes() {
    Shape image = Shape.of(3, 8, 8);
    assertEquals(
        "layer 'dense1' (dense) takes [features] or [time, features], but 'convolution1' [4, 6, 6]"
            + " is what it reads; put a flatten or pooling layer in between",
        refusal(image, TEN, "convolution: {filters: 4, kernel: 3}", "dense: {units: 5}", OUTPUT));
    assertEquals(
        "layer 'convolution1' (convolution): a kernel of 9 with dilation 1 does not fit into"
            + " 'input' [3, 8, 8]; use a smaller kernel, more padding, or less pooling before",
        refusal(image, TEN, "convolution: {filters: 4, kernel: 9}", OUTPUT));
    assertEquals(
        "layer 'convolution1' (convolution): 2 groups must divide the 3 channels of 'input'"
            + " [3, 8, 8] and the 4 filters",
        refusal(image, TEN, "convolution: {filters: 4, kernel: 3, groups: 2}", OUTPUT));
    assertEquals(
        "layer 'convolution1' (convolution): kernel has 3 sizes, but 'input' [3, 8, 8] has 2 to"
            + " slide over",
        refusal(image, TEN, "convolution: {filters: 4, kernel: [3, 3, 3]}", OUTPUT));
    assertEquals(
        "layer 'c' (concatenate) joins 'a' [2, 8, 8] and 'b' [2, 7, 7]: all sizes but the first"
            + " (channels) must be equal; change the padding or stride of one branch",
        refusal(
            image,
            TEN,
            "convolution: {name: 'a', filters: 2, kernel: 1}",
            "convolution: {name: 'b', filters: 2, kernel: 2}",
            "concatenate: {name: 'c', from: ['a', 'b']}",
            OUTPUT));
    assertEquals(
        "layer 'reshape1' (reshape) to [100]: that is 100 numbers, but 'input' [3, 8, 8] has 192",
        refusal(image, TEN, "reshape: {shape: [100]}", OUTPUT));
  }

  @Test
  void plan_brokenGraphs_sayWhichNameIsWrong() {
    Shape input = Shape.of(4);
    assertEquals(
        "layer 'output1' reads 'x', which is not above it; above are: input, dense1",
        refusal(input, TEN, "dense: {units: 3}", "output: {loss: 'crossEntropy', from: 'x'}"));
    assertEquals(
        "no layer reads 'dense1'; remove it, or name it in the 'from' of the layer it is meant for",
        refusal(input, TEN, "dense: {units: 3}", "output: {loss: 'crossEntropy', from: 'input'}"));
    assertEquals(
        "two layers or inputs are called 'a'; give one another name",
        refusal(
            input, TEN, "dense: {name: 'a', units: 3}", "dense: {name: 'a', units: 3}", OUTPUT));
    assertEquals(
        "layer 'dense1' reads the output 'output1', but an output is an end; name another layer in"
            + " its 'from'",
        refusal(input, TEN, OUTPUT, "dense: {units: 3}"));
    assertEquals(
        "the network has no output; end it with a layer such as - output: {loss: crossEntropy}",
        refusal(input, TEN, "dense: {units: 3}"));
    assertEquals(
        "the network has 2 outputs, but the data has labels for 1",
        refusal(input, TEN, OUTPUT, "output: {loss: 'meanSquared', from: 'input', units: 1}"));
  }

  @Test
  void plan_outputs_takeTheirUnitsFromTheLabels() {
    Shape input = Shape.of(4);
    assertEquals(
        OutputPlan.Labels.NUMBERS,
        Networks.plan(input, Target.ofClasses(2), "output: {loss: 'binaryCrossEntropy'}")
            .outputs()
            .get(0)
            .labels());
    OutputPlan oneHot =
        Networks.plan(input, TEN, "output: {loss: 'squaredHinge'}").outputs().get(0);
    assertEquals(OutputPlan.Labels.ONE_HOT, oneHot.labels());
    assertEquals(10, oneHot.numUnits());
    assertEquals(1, oneHot.labelWidth());
    assertEquals(
        "output 'output1' has 5 units, but the data has 10 classes; set its units to 10",
        refusal(input, TEN, "output: {loss: 'crossEntropy', units: 5}"));
    assertTrue(
        refusal(input, Target.ofNumbers(1), OUTPUT)
            .contains("needs classes, but the data's labels are plain numbers"));
    assertTrue(
        refusal(Shape.of(7, 4), TEN, "lstm: {units: 3}", OUTPUT)
            .contains("give only the last step of the sequence (returnSequences: false)"));
  }

  @ParameterizedTest
  @CsvSource({
    "dense: {units: 0}, 'units must be at least 1, got 0'",
    "dense: {units: -3}, 'units must be at least 1, got -3'",
    "'convolution: {filters: 0, kernel: 3}', 'filters must be at least 1, got 0'",
    "'convolution: {filters: 2, kernel: 0}', 'kernel must be at least 1, got 0'",
    "'convolution: {filters: 2, kernel: 3, stride: -1}', 'stride must be at least 1, got -1'",
    "'convolution: {filters: 2, kernel: 3, padding: -1}', 'padding must not be negative, got -1'",
    "'convolution: {filters: 2, kernel: 3, padding: \"full\"}', 'padding must be valid, same,'",
    "dropout: {rate: 1}, 'dropout''s rate must be in [0, 1), got 1.0'",
    "lstm: {units: 0}, 'units must be at least 1, got 0'",
    "'embedding: {size: 0, dimension: 4}', 'size must be at least 1, got 0'",
    "'reshape: {shape: [2, 0]}', 'the sizes of a shape must be at least 1'",
    "'dense: {units: 2, weights: {initialiser: \"gaussian\"}}', 'unknown initialiser ''gaussian'''",
    "'dense: {units: 2, unit: 3}', 'unit'",
    "dense: {}, 'units'",
    "dens: {units: 2}, 'dens'"
  })
  void read_badSetting_saysWhichAndWhy(String layer, String expected) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Networks.of(layer, OUTPUT)).getMessage();

    assertTrue(message.contains(expected), message);
  }

  @Test
  void plan_weightsPenalty_reachesTheLayout() {
    NetworkPlan plan =
        Networks.plan(
            Shape.of(4), TEN, "dense: {units: 3, weights: {l2: 0.5, initialiser: 'ones'}}", OUTPUT);

    assertEquals(new Segment.Penalty(null, 0.5), plan.layout().params().get(0).penalty());
    assertEquals(Segment.Penalty.OF_THE_TRAINING, plan.layout().params().get(1).penalty());
    assertEquals(1, plan.initialParams(1).get(0));
  }

  @Test
  void write_isReadBackTheSame() {
    Network network =
        Networks.read(
            "{inputs: {x: [6, 8, 8]}, layers: [{convolution: {filters: 2, kernel: [3, 1], padding:"
                + " 'same', weights: {initialiser: 'normal(0.01)', l2: 0.001}}}, {maxPooling:"
                + " {kernel: 2, padding: 1}}, {flatten: {}}, {output: {loss: 'huber', units:"
                + " 3}}]}");

    assertEquals(network, Networks.read(Networks.write(network)));
  }

  @Test
  void initialParams_areAFunctionOfSeedAndTensorNameAlone() {
    NetworkPlan one = Networks.plan(Shape.of(4), TEN, "dense: {name: 'a', units: 300}", OUTPUT);
    NetworkPlan other =
        Networks.plan(
            Shape.of(4),
            TEN,
            "dense: {name: 'b', units: 4}",
            "dense: {name: 'a', units: 300}",
            OUTPUT);
    float[] a = new float[1200];
    one.initialParams(7).read(0, a, 1200);
    float[] again = new float[1200];
    other.initialParams(7).read(other.layout().params().get(2).offset(), again, 1200);

    assertArrayEquals(a, again);
    assertEquals(one.initialParams(7), one.initialParams(7));
    assertNotEquals(one.initialParams(7), one.initialParams(8));
    // Xavier: uniform up to sqrt(6 / (4 + 300)).
    double limit = Math.sqrt(6.0 / 304);
    double largest = 0;
    for (float value : a) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertTrue(largest <= limit && largest > 0.98 * limit, "largest " + largest);
  }

  @Test
  void initialParams_ofAnLstm_haveOrthogonalStateWeightsAndAForgetBiasOf1() {
    NetworkPlan plan =
        Networks.plan(Shape.of(5, 3), TEN, "lstm: {units: 4, returnSequences: false}", OUTPUT);
    Blocks params = plan.initialParams(1);
    Segment state = plan.layout().params().get(1);
    Segment bias = plan.layout().params().get(2);
    float[] u = new float[64];
    params.read(state.offset(), u, 64);
    float[] b = new float[16];
    params.read(bias.offset(), b, 16);

    assertEquals("lstm1.weight_hh_l0", state.name());
    assertArrayEquals(new float[] {0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}, b);
    for (int gate = 0; gate < 4; gate++) {
      for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
          double dot = 0;
          for (int k = 0; k < 4; k++) {
            dot += u[gate * 16 + i * 4 + k] * u[gate * 16 + j * 4 + k];
          }
          assertEquals(i == j ? 1 : 0, dot, 1e-6);
        }
      }
    }
  }

  @Test
  void plan_ofSequencesOfAnyLength_keepsTheirStepsOpen() {
    NetworkPlan plan =
        Networks.plan(
            Shape.ragged(),
            TEN,
            "embedding: {size: 50, dimension: 8}",
            "convolution: {filters: 4, kernel: 3, padding: 'same', stride: 2}",
            "upsampling: {factor: 3}",
            "bidirectional: {layer: {lstm: {units: 5}}}",
            "attention: {}",
            "attentionPooling: {units: 3}",
            OUTPUT);

    assertEquals(
        List.of("[time, 8]", "[time, 4]", "[time, 4]", "[time, 10]", "[time, 10]", "[10]", "[10]"),
        shapes(plan));
    assertTrue(plan.isRagged());
  }

  @Test
  void outputAlongTime_hasTheUnitsOfOneStepsLabel() {
    NetworkPlan plan =
        Networks.plan(
            Shape.ragged(3),
            new Target(2, 0, true),
            "gru: {units: 5}",
            "output: {loss: 'meanSquared'}");

    assertEquals(List.of("[time, 5]", "[time, 2]"), shapes(plan));
  }

  @Test
  void input_ofAnyLength_isReadAsOneOfAnyLengthAlone() {
    Network network =
        Networks.read(
            "{inputs: {x: ['time', 2]}, layers: [{gru: {units: 3, returnSequences: false}},"
                + " {output: {loss: 'meanSquared', units: 1}}]}");

    assertEquals(
        Shape.ragged(2), network.plan(Map.of("x", Shape.ragged(2)), List.of()).inputs().get("x"));
    assertEquals(
        "input 'x' is to be read as [time, 2], that is 2 numbers at each step, but the data gives"
            + " [time, 3], that is 3",
        refusal(network, Shape.ragged(3)));
    assertEquals(
        "input 'x' is to be read as [time, 2], but the data gives [6, 2]: where the examples'"
            + " lengths differ, both begin with time",
        refusal(network, Shape.of(6, 2)));
    assertEquals(
        "input 'x' is [time, 2], but a TorchScript module takes sequences of one length: give the"
            + " data's one, or describe the network by layers",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Architecture.requireOneLength(
                        Map.of("x", Shape.ragged(2)), "a TorchScript module"))
            .getMessage());
  }

  private static String refusal(Network network, Shape data) {
    return assertThrows(
            IllegalArgumentException.class, () -> network.plan(Map.of("x", data), List.of()))
        .getMessage();
  }

  @Test
  void split_ofSequencesOfAnyLength_endsWhereEachExampleHasAsManyNumbers() {
    String[] layers = {
      "embedding: {name: 'words', size: 50, dimension: 8}",
      "dense: {name: 'each', units: 4}",
      "gru: {name: 'text', units: 5, returnSequences: false}",
      "dense: {name: 'last', units: 3}",
      OUTPUT
    };
    NetworkPlan plan = Networks.plan(Shape.ragged(), TEN, layers);

    Split split = Split.of(plan, Set.of("words", "each", "text")).orElseThrow();
    assertEquals(Map.of("text", Shape.of(5)), split.head().inputs());
    assertTrue(Split.of(plan, Set.of("words", "each")).isEmpty());
  }

  @Test
  void knowing_givesEmbeddingsTheSizesOfTheTextsTheyRead() {
    Network network =
        Networks.read(
            "{inputs: null, layers: ["
                + "{embedding: {name: 'a', dimension: 2, from: ['title'], pool: 'mean'}},"
                + "{embedding: {name: 'b', dimension: 2, from: ['body'], pool: 'mean'}},"
                + "{embedding: {name: 'c', size: 5, dimension: 2, from: ['body'], pool: 'mean'}},"
                + "{concatenate: {from: ['a', 'b', 'c']}},"
                + "{output: {loss: 'meanSquared', units: 1}}]}");
    Map<String, Shape> data = new LinkedHashMap<>();
    data.put("title", Shape.ragged());
    data.put("body", Shape.ragged());

    NetworkPlan plan = network.knowing(Map.of("title", 7, "body", 9)).plan(data, List.of());

    assertEquals(
        List.of(List.of(7, 2), List.of(9, 2), List.of(5, 2)),
        plan.layout().params().stream().limit(3).map(Segment::shape).toList());
    String refusal =
        assertThrows(IllegalArgumentException.class, () -> network.plan(data, List.of()))
            .getMessage();
    assertTrue(refusal.startsWith("layer 'a' (embedding): its size is missing"), refusal);
  }

  @Test
  void knowing_ofTheOnlyInput_isWhateverTheNetworkCallsIt() {
    Network network =
        Networks.read(
            "{inputs: {words: ['time']}, layers: [{embedding: {dimension: 2, from: ['words']}},"
                + "{gru: {units: 2, returnSequences: false}},"
                + "{output: {loss: 'meanSquared', units: 1}}]}");
    Network known = network.knowing(Map.of("input", 7));
    assertEquals(7, ((Embedding) known.layers().get(0)).size());
    assertEquals(known, Networks.read(Networks.write(known)));
  }
}
