package dev.braid.driver.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.braid.driver.data.DataFacts;
import dev.braid.driver.data.DataSettings;
import dev.braid.driver.data.Part;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.format.IdxStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sample of Fashion-MNIST that ships with the project. */
class FashionSampleTest {
  private static final int NUM_PIXELS = 784;
  private static final int HASH_BYTES = 32;
  private static final Path SAMPLE = above("jobs/samples/fashion-mnist");

  /** A path of the project, or next to it, wherever in the project the test runs. */
  private static Path above(String path) {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve(path))) {
      folder = folder.getParent();
    }
    return folder == null ? Path.of(path) : folder.resolve(path);
  }

  private static Idx idx(String part) {
    return new Idx(
        SAMPLE.resolve(part + "-images-idx3-ubyte.gz").toString(),
        SAMPLE.resolve(part + "-labels-idx1-ubyte.gz").toString(),
        null);
  }

  /** Pixels and label of each example, as bytes one after the other. */
  private static List<byte[]> examples(Path folder, String part) throws IOException {
    List<byte[]> examples = new ArrayList<>();
    Path images = folder.resolve(part + "-images-idx3-ubyte.gz");
    Path labels = folder.resolve(part + "-labels-idx1-ubyte.gz");
    try (IdxStream image = new IdxStream(Files.newInputStream(images), images.toString());
        IdxStream label = new IdxStream(Files.newInputStream(labels), labels.toString())) {
      byte[] one = new byte[1];
      byte[] pixels = new byte[NUM_PIXELS];
      for (int i = 0; i < image.header().count(); i++) {
        image.read(pixels);
        label.read(one);
        byte[] example = Arrays.copyOf(pixels, NUM_PIXELS + 1);
        example[NUM_PIXELS] = one[0];
        examples.add(example);
      }
    }
    return examples;
  }

  @Test
  void sample_isSound_andSmall() throws IOException {
    DataFacts facts =
        Sources.check(new DataSettings(idx("train"), idx("t10k"), null, null, null, null, null));
    assertEquals(
        List.of(new SourceFacts.Input(List.of(1, 28, 28), Kind.BYTE)), facts.train().inputs());
    assertEquals(OptionalLong.of(12_000), facts.numTrain());
    assertEquals(OptionalLong.of(2_000), facts.of(Part.TEST).orElseThrow().numExamples());
    assertEquals(
        IntStream.range(0, 10).mapToObj(String::valueOf).toList(),
        facts.train().outputs().get(0).classes());
    try (Stream<Path> files = Files.list(SAMPLE)) {
      assertTrue(files.mapToLong(file -> file.toFile().length()).sum() < 8_000_000);
    }
  }

  @ParameterizedTest
  @CsvSource({"train,1200", "t10k,200"})
  void sample_isBalanced_andInNoOrderOfClasses(String part, int perClass) throws IOException {
    List<byte[]> examples = examples(SAMPLE, part);
    int[] counts = new int[10];
    int changes = 0;
    for (int i = 0; i < examples.size(); i++) {
      counts[examples.get(i)[NUM_PIXELS]]++;
      changes += i > 0 && examples.get(i)[NUM_PIXELS] != examples.get(i - 1)[NUM_PIXELS] ? 1 : 0;
    }
    int[] expected = new int[10];
    Arrays.fill(expected, perClass);
    assertArrayEquals(expected, counts);
    // Nine of ten neighbours differ in a random order.
    assertEquals(0.9, (double) changes / examples.size(), 0.03);
  }

  @ParameterizedTest
  @CsvSource({"train,1200", "t10k,200"})
  void sample_canBeDrawnAgain_asItsReadmeSays(String part, int perClass) throws IOException {
    Path full = above("../shared/data/fashion-mnist");
    assumeTrue(Files.exists(full), "the full Fashion-MNIST is not here: " + full);
    List<byte[]> drawn = new ArrayList<>(examples(full, part));
    drawn.replaceAll(FashionSampleTest::hashed);
    drawn.sort(Arrays::compareUnsigned);
    drawn.replaceAll(hashed -> Arrays.copyOfRange(hashed, HASH_BYTES, hashed.length));
    int[] left = new int[10];
    Arrays.fill(left, perClass);
    drawn.removeIf(example -> left[example[NUM_PIXELS]]-- <= 0);
    assertArrayEquals(drawn.toArray(byte[][]::new), examples(SAMPLE, part).toArray(byte[][]::new));
  }

  /** SHA-256 of an example, then the example. */
  private static byte[] hashed(byte[] example) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(example);
      byte[] hashed = Arrays.copyOf(hash, HASH_BYTES + example.length);
      System.arraycopy(example, 0, hashed, HASH_BYTES, example.length);
      return hashed;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
