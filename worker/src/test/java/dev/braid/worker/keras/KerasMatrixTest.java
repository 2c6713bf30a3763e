package dev.braid.worker.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.model.Model;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.StateLayout;
import dev.braid.worker.torch.TorchNetwork;
import dev.braid.worker.transfer.LearnedWeights;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every layer that is read, with its settings, against Keras 2 and Keras 3: models with random
 * weights that {@code keras_models.py} has made, and what Keras answers.
 */
class KerasMatrixTest {
  /** Single precision sums up differently in TensorFlow. */
  private static final float TOLERANCE = 1e-4f;

  private static final Map<String, byte[]> FILES = unpacked();

  private static Map<String, byte[]> unpacked() {
    Map<String, byte[]> files = new HashMap<>();
    InputStream packed = KerasMatrixTest.class.getResourceAsStream("keras-models.zip.gz");
    try (ZipInputStream zip = new ZipInputStream(new GZIPInputStream(packed))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        files.put(entry.getName(), zip.readAllBytes());
      }
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The model in one of the files. */
  static KerasModel model(String file) {
    return KerasModel.read(FILES.get(file));
  }

  private static JsonNode cases() {
    try {
      return new JsonMapper().readTree(FILES.get("cases.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<Arguments> models() {
    return files("outputs");
  }

  static Stream<Arguments> refusals() {
    return files("refused");
  }

  private static Stream<Arguments> files(String kind) {
    return StreamSupport.stream(cases().spliterator(), false)
        .filter(row -> row.has(kind))
        .flatMap(
            row ->
                StreamSupport.stream(row.path("files").spliterator(), false)
                    .map(file -> Arguments.of(file.asText(), row)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void model_givesWhatKerasGives(String file, JsonNode row) {
    Model model = model(file).model();
    NetworkPlan plan = (NetworkPlan) model.description().plan();
    float[][] inputs = numbers(row.path("inputs"));
    int size = inputs[0].length / plan.inputs().values().iterator().next().size();
    float[][] expected = numbers(row.path("outputs"));
    try (TorchNetwork network = new TorchNetwork(plan)) {
      network.loadParams(model.params());
      network.loadStatistics(model.statistics());
      float[][] outputs = network.output(new MiniBatch(size, inputs, new float[0][]));
      assertEquals(expected.length, outputs.length);
      for (int i = 0; i < expected.length; i++) {
        assertArrayEquals(expected[i], outputs[i], TOLERANCE, "output " + i);
      }
    }
  }

  private static float[][] numbers(JsonNode lists) {
    float[][] numbers = new float[lists.size()][];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = new float[lists.get(i).size()];
      for (int k = 0; k < numbers[i].length; k++) {
        numbers[i][k] = lists.get(i).get(k).floatValue();
      }
    }
    return numbers;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusals")
  void model_withoutCounterpart_isRefusedByName(String file, JsonNode row) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> model(file));
    assertTrue(e.getMessage().contains(row.path("refused").asText()), e.getMessage());
  }

  static Stream<String> archives() {
    return FILES.keySet().stream().filter(name -> name.endsWith(".keras")).sorted();
  }

  /** What a .weights.h5 file holds is in every .keras file: the layers' weights by their names. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("archives")
  void weightsAlone_areThoseOfTheModel(String file) throws IOException {
    Model model = model(file).model();
    NetworkPlan plan = (NetworkPlan) model.description().plan();
    LearnedWeights alone = KerasModel.weights(entry(FILES.get(file), "model.weights.h5"));
    for (LayerPlan layer : plan.layers()) {
      for (Parameter parameter : layer.parameters()) {
        if (isWithoutGainOrOffset(file)) {
          continue;
        }
        assertArrayEquals(
            numbers(model, layer.nameOf(parameter)),
            alone.of(plan, layer, parameter).orElseThrow());
      }
    }
  }

  /** Of these the file has fewer tensors and, alone, does not say which. */
  private static boolean isWithoutGainOrOffset(String file) {
    return Stream.of(
            "batch_norm_sequence", "batch_norm_image", "layer_norm_sequence", "layer_norm_unscaled")
        .anyMatch(file::startsWith);
  }

  @ParameterizedTest
  @ValueSource(strings = {"batch_norm_sequence", "batch_norm_image", "layer_norm_unscaled"})
  void weightsAlone_ofHalfANormalisation_areRefused(String name) throws IOException {
    String file = name + "-keras.keras";
    NetworkPlan plan = (NetworkPlan) model(file).model().description().plan();
    LearnedWeights alone = KerasModel.weights(entry(FILES.get(file), "model.weights.h5"));
    LayerPlan layer = plan.layers().get(0);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> alone.of(plan, layer, layer.parameters().get(0)));
    assertTrue(e.getMessage().contains("does not say which"), e.getMessage());
  }

  private static byte[] entry(byte[] archive, String name) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().equals(name)) {
          return zip.readAllBytes();
        }
      }
    }
    throw new IllegalArgumentException(name);
  }

  private static float[] numbers(Model model, String tensor) {
    StateLayout layout = model.description().plan().layout();
    for (Segment segment : layout.params()) {
      if (segment.name().equals(tensor)) {
        return numbers(model.params(), segment);
      }
    }
    return layout.statistics().stream()
        .filter(segment -> segment.name().equals(tensor))
        .map(segment -> numbers(model.statistics(), segment))
        .findFirst()
        .orElseThrow();
  }

  private static float[] numbers(Blocks from, Segment segment) {
    float[] values = new float[Math.toIntExact(segment.size())];
    from.read(segment.offset(), values, values.length);
    return values;
  }

  @Test
  void archive_withoutItsWeights_saysHowToSaveIt() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("metadata.json"));
      zip.putNextEntry(new ZipEntry("config.json"));
    }
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> KerasModel.read(bytes.toByteArray()));
    assertTrue(e.getMessage().contains("model.save(\"model.h5\")"), e.getMessage());
  }

  /** A class that is added to the table has to be added to the models. */
  @Test
  void everyClassThatIsRead_isInAModel() {
    Set<String> tested = new HashSet<>();
    Pattern kind = Pattern.compile("\"class_name\": \"(\\w+)\"");
    models()
        .forEach(
            model -> {
              byte[] file = FILES.get((String) model.get()[0]);
              KerasFile.read(file)
                  .config()
                  .ifPresent(
                      config -> {
                        Matcher found = kind.matcher(config.toString().replace("\":\"", "\": \""));
                        while (found.find()) {
                          tested.add(found.group(1));
                        }
                      });
            });
    Set<String> missing = new HashSet<>(KerasLayers.kinds());
    missing.removeAll(tested);
    // How Keras 1 called Conv1D, Conv2D and SeparableConv2D, which it does not write any more.
    assertEquals(Set.of("Convolution1D", "Convolution2D", "SeparableConvolution2D"), missing);
  }
}
