package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Model files made to do harm, given to a command: refused, and nothing happens outside. */
class HarmfulModelTest {
  private static final String MARKER = "braid.test.marker";

  @TempDir private static Path folder;
  private static Path job;
  private static byte[] good;

  /** What must never be deserialised: it leaves a file behind. */
  private static final class Payload implements Serializable {
    private static final long serialVersionUID = 1;

    private void readObject(ObjectInputStream in) {
      try {
        Files.writeString(Path.of(System.getProperty(MARKER)), "run");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @BeforeAll
  static void train() throws IOException {
    job = Tables.write(folder, Tables.JOB);
    String output = folder.resolve("good").toString();
    CommandLineRun run =
        CommandLineRun.braid("train", "" + job, "--master", "local[1]", "--output", output);
    assertEquals(0, run.exitCode(), run.err());
    good = Files.readAllBytes(Path.of(output, "model.zip"));
    System.setProperty(MARKER, folder.resolve("marker").toString());
  }

  @Test
  void thePayload_wouldLeaveItsMark() throws Exception {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(payload()))) {
      in.readObject();
    }
    assertTrue(Files.deleteIfExists(folder.resolve("marker")));
  }

  @Test
  void zipSlip_isRefused() throws IOException {
    Map<String, byte[]> entries = entries(good);
    entries.put("../../evil.txt", "evil".getBytes(StandardCharsets.UTF_8));
    assertRefused("entry '../../evil.txt' does not belong into a model file", zip(entries));
    Map<String, byte[]> first = new LinkedHashMap<>();
    first.put("/tmp/../etc/model.json", entries.get("model.json"));
    assertRefused("its entry '/tmp/../etc/model.json' should be model.json", zip(first));
  }

  @Test
  void aHeaderOfFourGibibytes_isRefused() throws IOException {
    Map<String, byte[]> entries = entries(good);
    byte[] weights = entries.get("weights.safetensors").clone();
    ByteBuffer.wrap(weights).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 1L << 32);
    entries.put("weights.safetensors", weights);
    assertRefused("4294967296", zip(entries));
  }

  @Test
  void serialisedJava_isRefused_andNotRun() throws IOException {
    assertRefused("no model file", payload());
    for (String name : List.of("model.json", "weights.safetensors")) {
      Map<String, byte[]> entries = entries(good);
      entries.put(name, payload());
      assertRefused("", zip(entries));
    }
    Map<String, byte[]> entries = entries(good);
    entries.put("preprocessor.bin", payload());
    assertRefused("entry 'preprocessor.bin' does not belong into a model file", zip(entries));
  }

  @Test
  void aFileCutShort_isRefused() throws IOException {
    assertRefused("damaged", Arrays.copyOf(good, good.length / 2));
    assertRefused("no model file", Arrays.copyOf(good, 20));
    assertRefused("no model file", new byte[0]);
  }

  private static void assertRefused(String expected, byte[] file) throws IOException {
    Path model = folder.resolve("harmful.zip");
    Files.write(model, file);
    List<Path> before = files();
    CommandLineRun run = CommandLineRun.braid("evaluate", model.toString(), job.toString());
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().startsWith("braid: " + model + ": "), run.err());
    assertTrue(run.err().contains(expected), run.err());
    assertFalse(Files.exists(folder.resolve("marker")), "the payload was run");
    assertEquals(before, files());
  }

  /** All that lies in the folder and, for what climbs out of it, beside it. */
  private static List<Path> files() throws IOException {
    try (Stream<Path> inside = Files.walk(folder);
        Stream<Path> beside = Files.list(folder.getParent())) {
      return Stream.concat(inside, beside.filter(file -> file.toString().contains("evil")))
          .sorted()
          .toList();
    }
  }

  private static byte[] payload() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ObjectOutputStream objects = new ObjectOutputStream(out)) {
      objects.writeObject(new Payload());
    }
    return out.toByteArray();
  }

  private static Map<String, byte[]> entries(byte[] file) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), zip.readAllBytes());
      }
    }
    return entries;
  }

  private static byte[] zip(Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
    return out.toByteArray();
  }
}
