package dev.braid.worker.model;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.model.ModelDescription.Input;
import dev.braid.worker.model.ModelDescription.Labels;
import dev.braid.worker.model.ModelDescription.Provenance;
import dev.braid.worker.network.Networks;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import dev.braid.worker.task.Tasks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TimeZone;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFileTest {
  private static final Normaliser NORMALISER =
      new Normaliser(new float[] {0.1f, 33.3f}, new float[] {1 / 3f, 1e-7f}, 8);

  private static final ModelDescription DESCRIPTION =
      new ModelDescription(
          Networks.of(
              "convolution: {filters: 3, kernel: 3}",
              "batchNorm: {}",
              "flatten: {}",
              "output: {loss: 'crossEntropy'}"),
          List.of(new Input("image", Shape.of(2, 4, 4), NORMALISER)),
          List.of(new Labels(Tasks.named("classification"), 1, List.of("cat", "dog", "größer"))),
          new Provenance("0.1.0", 42, "00ff", 3, 17, 12000));

  private static Model example() {
    State first = DESCRIPTION.plan().initialState(7);
    return new Model(DESCRIPTION, first.params(), first.statistics());
  }

  private static byte[] written(Model model) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ModelFile.write(out, model);
    return out.toByteArray();
  }

  private static Model read(byte[] file) throws IOException {
    return ModelFile.read(new ByteArrayInputStream(file), file.length);
  }

  @Test
  void read_refusesParametersThatAreNotFinite() throws IOException {
    Model diverged = example();
    diverged.params().set(5, Float.NaN);
    byte[] file = written(diverged);
    String message = assertThrows(IllegalArgumentException.class, () -> read(file)).getMessage();
    assertTrue(message.contains("training that has diverged"), message);
  }

  @Test
  void read_givesBackTheModel() throws IOException {
    Model model = read(written(example()));
    assertEquals(example().params(), model.params());
    assertEquals(example().statistics(), model.statistics());
    assertEquals(example().sha256(), model.sha256());

    ModelDescription description = model.description();
    assertEquals(DESCRIPTION.network(), description.network());
    assertEquals(DESCRIPTION.labels(), description.labels());
    assertEquals(DESCRIPTION.provenance(), description.provenance());
    Normaliser normaliser = description.inputs().get(0).normaliser();
    assertArrayEquals(NORMALISER.shift(), normaliser.shift());
    assertArrayEquals(NORMALISER.scale(), normaliser.scale());
    assertEquals(NORMALISER.inner(), normaliser.inner());
  }

  @Test
  void written_isReadAlike_byAnIndependentReader(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("model.zip");
    Files.write(file, written(example()));
    JsonNode tensors = IndependentReader.read(file);
    for (Tensors vector : example().tensors(DESCRIPTION.plan().layout())) {
      IndependentReader.assertSame(vector, tensors);
    }
    assertEquals("[3,2,3,3]", tensors.path("convolution1.weight").path("shape").toString());
  }

  @Test
  void written_isTheSameEverywhere_andSaysItsFingerprint() throws IOException {
    byte[] file = written(example());
    TimeZone here = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Auckland"));
      assertArrayEquals(file, written(example()));
    } finally {
      TimeZone.setDefault(here);
    }
    assertArrayEquals(file, written(read(file)));

    JsonNode json = new ObjectMapper().readTree(entries(file).get(0));
    assertEquals(example().sha256(), json.path("modelSha256").asText());
    assertEquals(1, json.path("format").asInt());
  }

  @Test
  void read_ofAFileCutShort_isRefused() throws IOException {
    byte[] file = written(example());
    int endOfWeights = file.length - centralDirectoryBytes(file);
    for (int length = 0; length < endOfWeights; length += 7) {
      byte[] part = Arrays.copyOf(file, length);
      assertThrows(IllegalArgumentException.class, () -> read(part), "of length " + length);
    }
  }

  @Test
  void read_ofAFlippedBit_isRefused() throws IOException {
    byte[] file = written(example());
    int inTheLastTensor = file.length - centralDirectoryBytes(file) - 5;
    file[inTheLastTensor] ^= 1;
    assertRefused("the zip file is damaged: invalid entry CRC", file);
  }

  @Test
  void read_ofAnythingElse_isRefused() throws IOException {
    byte[] description = entries(written(example())).get(0);
    byte[] weights = entries(written(example())).get(1);
    assertRefused("no model file: it has no entry model.json", "hello".getBytes(UTF_8));
    assertRefused("no model file: it has no entry model.json", new byte[0]);
    assertRefused(
        "no model file: its entry 'weights.safetensors' should be model.json",
        zip("weights.safetensors", weights, "model.json", description));
    assertRefused(
        "no model file: its entry '../../evil' should be model.json",
        zip("../../evil", description, "weights.safetensors", weights));
    assertRefused(
        "entry '/etc/evil' does not belong into a model file",
        zip("model.json", description, "weights.safetensors", weights, "/etc/evil", weights));
    assertRefused(
        "no model file: it has no entry weights.safetensors", zip("model.json", description));
    assertRefused(
        "model.json has format 2; this version of Braid reads format 1",
        zip("model.json", replaced(description, "\"format\" : 1", "\"format\" : 2")));
    assertRefused(
        "model.json: Unrecognized field \"runds\"",
        zip("model.json", replaced(description, "\"rounds\"", "\"runds\"")));
    assertRefused(
        "model.json: Could not resolve type id 'java.lang.Runtime'",
        zip("model.json", replaced(description, "\"batchNorm\"", "\"java.lang.Runtime\"")));
    assertRefused(
        "the header is no valid JSON",
        zip("model.json", description, "weights.safetensors", replaced(weights, "{", "!")));
  }

  @Test
  void read_ofMoreThanAFileCanHold_isRefused_beforeMemoryIsTaken() throws IOException {
    byte[] description = entries(written(example())).get(0);
    byte[] huge = replaced(description, "\"filters\" : 3", "\"filters\" : 99999999");
    assertRefused("the network needs ", zip("model.json", huge));

    byte[] bomb = new byte[(64 << 20) + 1];
    Arrays.fill(bomb, (byte) ' ');
    assertRefused(
        "model.json has more than the 67108864 bytes it may have", zip("model.json", bomb));
  }

  @Test
  void write_ofNumbersThatDoNotFit_isRefused() {
    Model model = new Model(DESCRIPTION, Blocks.zeros(3), Blocks.zeros(6));
    assertThrows(IllegalArgumentException.class, () -> written(model));
  }

  private static void assertRefused(String start, byte[] file) {
    String message = assertThrows(IllegalArgumentException.class, () -> read(file)).getMessage();
    assertTrue(message.startsWith(start), message);
  }

  private static byte[] replaced(byte[] text, String before, String after) {
    String latin = new String(text, ISO_8859_1);
    assertTrue(latin.contains(before), latin);
    int at = latin.indexOf(before);
    return (latin.substring(0, at) + after + latin.substring(at + before.length()))
        .getBytes(ISO_8859_1);
  }

  private static List<byte[]> entries(byte[] file) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file))) {
      zip.getNextEntry();
      byte[] first = zip.readAllBytes();
      zip.getNextEntry();
      return List.of(first, zip.readAllBytes());
    }
  }

  /** A zip of names and contents in turn, compressed as ordinary tools do. */
  private static byte[] zip(Object... namesAndContents) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (int i = 0; i < namesAndContents.length; i += 2) {
        zip.putNextEntry(new ZipEntry((String) namesAndContents[i]));
        zip.write((byte[]) namesAndContents[i + 1]);
        zip.closeEntry();
      }
    }
    return out.toByteArray();
  }

  /** Bytes after the last entry: 46 and the name for each, and 22 at the end. */
  private static int centralDirectoryBytes(byte[] file) {
    int bytes = 22 + 2 * 46 + "model.json".length() + "weights.safetensors".length();
    assertEquals('P', file[file.length - bytes]);
    return bytes;
  }
}
