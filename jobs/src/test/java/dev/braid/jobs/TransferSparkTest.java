package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.format.IdxStream;
import dev.braid.worker.model.Model;
import dev.braid.worker.state.Segment;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Learned models made into others, from command line to results. */
class TransferSparkTest {
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * The margin by which a LeNet that knows the digits 0 to 4 learns 5 to 9 better than a new one.
   */
  private static final double MARGIN = 0.03;

  private static final String TRANSFER =
      """
      data:
        train: {csv: {path: FOLDER/train.csv, label: kind}}
        test: {csv: {path: FOLDER/test.csv, label: kind}}
        batchSize: 16
      transfer:
        model: FOLDER/base
        cut: {after: dense1}
        head:
          - dense: {units: 6, activation: relu}
          - output: {loss: crossEntropy}
        freeze: {upTo: dense1}
        features: {folder: FOLDER/features}
      training:
        workers: 2
        localSteps: 4
        epochs: 2
        optimizer:
          adam: {learningRate: 0.05}
      seed: 7
      """;

  @TempDir private static Path folder;

  @BeforeAll
  static void trainABase() throws IOException {
    Path job = Tables.write(folder, Tables.JOB);
    assertDone(CommandLineRun.braid("train", "" + job, "--output", "" + folder.resolve("base")));
  }

  private static CommandLineRun assertDone(CommandLineRun run) {
    assertEquals(0, run.exitCode(), run.err());
    return run;
  }

  private static Path job(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name + ".yaml"), text.replace("FOLDER", "" + folder));
  }

  private static Model model(String run) {
    return Models.read("" + folder.resolve(run), new Configuration());
  }

  private static JsonNode summary(String run) throws IOException {
    return JSON.readTree(Files.readString(folder.resolve(run).resolve("summary.json")));
  }

  private static float[] values(Model model, String tensor) {
    Segment segment =
        model.description().plan().layout().params().stream()
            .filter(s -> s.name().equals(tensor))
            .findFirst()
            .orElseThrow();
    float[] values = new float[(int) segment.size()];
    model.params().read(segment.offset(), values, values.length);
    return values;
  }

  private static void transfer(Path job, String output, String... more) {
    run(job, output, more);
  }

  private static CommandLineRun run(Path job, String output, String... more) {
    String[] arguments = {"transfer", "" + job, "--output", "" + folder.resolve(output)};
    String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return assertDone(CommandLineRun.braid(all));
  }

  @ParameterizedTest
  @ValueSource(strings = {"jvm", "torch"})
  void transfer_keepsFrozenBits_learnsTheRest_andIsTheSameOnAnyNumberOfCores(String engine)
      throws IOException {
    Path job = job("transfer", "engine: " + engine + "\n" + TRANSFER);
    String one = "one-" + engine;
    String two = "two-" + engine;
    CommandLineRun first = run(job, one, "--master", "local[1]");
    assertTrue(first.out().contains(" computed once in "), "by its own engine: " + first.out());
    transfer(job, two, "--master", "local[2]");
    assertEquals(summary(one).get("modelSha256"), summary(two).get("modelSha256"));
    assertTrue(summary(one).get("accuracy").asDouble() > 0.9);

    Model base = model("base");
    Model adapted = model(one);
    for (String tensor : List.of("dense1.weight", "dense1.bias")) {
      assertArrayEquals(values(base, tensor), values(adapted, tensor), 0f);
    }
    assertEquals(6 * 8, values(adapted, "dense2.weight").length);
    assertArrayEquals(
        base.description().normalisers().get(0).shift(),
        adapted.description().normalisers().get(0).shift());
  }

  /** 1e-5, as features are computed in other mini-batches than those of the training. */
  @Test
  void featuresComputedOnce_giveTheModelOfComputingThemInEveryPass_andAreFoundAgain()
      throws IOException {
    String dropout =
        TRANSFER
            .replace("- output:", "- dropout: {rate: 0.3}\n    - output:")
            .replace("batchSize: 16", "batchSize: 16\n  validation: 0.2")
            .replace("FOLDER/features", "FOLDER/once");
    Path every = job("every", dropout.replace("{folder: FOLDER/once}", "{compute: everyPass}"));
    transfer(every, "every");
    Path once = job("once", dropout);
    CommandLineRun first = run(once, "once");
    assertTrue(
        first
            .out()
            .matches(
                "(?s).*layers up to dense1 never learn: their outputs for [0-9,]+"
                    + " examples, [0-9.]+ MiB, computed once in .*once.*"),
        first.out());
    Model whole = model("every");
    Model head = model("once");
    assertEquals(whole.params().size(), head.params().size());
    for (long i = 0; i < whole.params().size(); i++) {
      assertEquals(whole.params().get(i), head.params().get(i), 1e-5, "parameter " + i);
    }
    assertEquals(
        summary("every").get("accuracy").asDouble(), summary("once").get("accuracy").asDouble());

    CommandLineRun again = run(once, "again", "--master", "local[1]");
    assertTrue(again.out().contains("were stored before"), again.out());
    assertEquals(summary("once").get("modelSha256"), summary("again").get("modelSha256"));

    try (Stream<Path> stored = Files.list(folder.resolve("once"))) {
      Path file = stored.filter(f -> f.toString().endsWith(".features")).findFirst().orElseThrow();
      byte[] damaged = Files.readAllBytes(file);
      damaged[100]++;
      Files.write(file, damaged);
    }
    run(once, "repaired");
    assertEquals(summary("once").get("modelSha256"), summary("repaired").get("modelSha256"));
  }

  @Test
  void describe_showsLayersShapesAndWhatIsFrozen() throws IOException {
    CommandLineRun model =
        assertDone(CommandLineRun.braid("describe", "" + folder.resolve("base")));
    assertTrue(
        model.out().matches("(?s).*dense1 +dense +\\[8] +32 +24\n.*50 parameters\n.*far, near\n.*"),
        model.out());
    CommandLineRun job =
        assertDone(CommandLineRun.braid("describe", "" + job("described", TRANSFER)));
    assertTrue(
        job.out()
            .matches(
                "(?s).*dense1 +dense +\\[8] +32 +24  frozen\n.*dense2 +dense +\\[6] +54 +48\n.*"
                    + "100 parameters, 32 of them frozen\n84 multiplications by weights .*\n"),
        job.out());
  }

  @Test
  void mistakes_areSaidBeforeSparkStarts() throws IOException {
    assertRefused(TRANSFER.replace("after: dense1", "after: dens1"), "did you mean 'dense1'?");
    assertRefused(TRANSFER.replace("upTo: dense1", "upTo: pool"), "the layers are dense1, dense2,");
    assertRefused(TRANSFER.replace("FOLDER/base", "FOLDER/train.csv"), "train.csv: ");
    assertRefused(
        TRANSFER.replace("batchSize: 16", "normalise: scale"), "brings its own normalisation");
    assertRefused(
        TRANSFER.replace("- dense: {units: 6, activation: relu}", "- maxPooling: {kernel: 2}"),
        "layer 'maxPooling1' (maxPooling)");
    assertRefused(TRANSFER + "engine: dl4j\n", "engine: dl4j runs DL4J's own networks alone");
  }

  private static void assertRefused(String text, String message) throws IOException {
    CommandLineRun run = CommandLineRun.braid("transfer", "" + job("refused", text));
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertFalse(run.err().contains("\n\tat "), run.err());
  }

  /** LeNet on the digits 0 to 4 of MNIST, then on twenty pictures of each of 5 to 9. */
  @Test
  void lenet_thatKnowsOtherDigits_learnsNewOnesBetterThanFromScratch() throws IOException {
    Path mnist = Checkout.shared("data/mnist");
    digits(mnist, "train", "known", 0, 600);
    digits(mnist, "train", "new", 5, 20);
    digits(mnist, "t10k", "test", 5, 400);

    String data =
        "data: {train: {idx: {images: FOLDER/known-images, labels: FOLDER/known-labels}},";
    String few =
        "data: {train: {idx: {images: FOLDER/new-images, labels: FOLDER/new-labels}}, test: {idx:"
            + " {images: FOLDER/test-images, labels: FOLDER/test-labels}},";
    String lenet =
        """
        network:
          layers:
            - convolution: {filters: 20, kernel: 5, activation: relu}
            - maxPooling: {kernel: 2}
            - convolution: {filters: 50, kernel: 5, activation: relu}
            - maxPooling: {kernel: 2}
            - flatten: {}
            - dense: {units: 100, activation: relu}
            - output: {loss: crossEntropy}
        """;
    String training = "training: {epochs: EPOCHS, optimizer: {adam: {learningRate: 0.001}}}\n";
    String bySize = " normalise: scale, batchSize: 20}\n";
    Path base = job("known", data + bySize + lenet + training.replace("EPOCHS", "3"));
    assertDone(CommandLineRun.braid("train", "" + base, "--output", "" + folder.resolve("known")));

    String twenty = training.replace("EPOCHS", "20");
    Path scratch = job("scratch", few + bySize + lenet + twenty);
    assertDone(
        CommandLineRun.braid("train", "" + scratch, "--output", "" + folder.resolve("scratch")));

    String transfer =
        "transfer: {model: FOLDER/known, head: [{output: {loss: crossEntropy}}], freeze: {upTo:"
            + " maxPooling2}, features: {folder: FOLDER/features}}\n";
    transfer(job("new", few + " batchSize: 20}\n" + transfer + twenty), "new");
    double transferred = summary("new").get("accuracy").asDouble();
    double fromScratch = summary("scratch").get("accuracy").asDouble();
    System.out.printf(
        "MNIST 5 to 9 from 20 a class: transferred %.4f, from scratch %.4f%n",
        transferred, fromScratch);
    assertTrue(
        transferred > fromScratch + MARGIN,
        "transferred %.4f, from scratch %.4f".formatted(transferred, fromScratch));
    assertArrayEquals(
        values(model("known"), "convolution2.weight"),
        values(model("new"), "convolution2.weight"),
        0f);
  }

  /** The first pictures of each of five digits, as IDX files. */
  private static void digits(Path mnist, String part, String name, int from, int perDigit)
      throws IOException {
    byte[] pixels = new byte[784];
    byte[] digit = new byte[1];
    int[] taken = new int[10];
    Path images = mnist.resolve(part + "-images-idx3-ubyte.gz");
    Path labels = mnist.resolve(part + "-labels-idx1-ubyte.gz");
    try (IdxStream image = new IdxStream(Files.newInputStream(images), "" + images);
        IdxStream label = new IdxStream(Files.newInputStream(labels), "" + labels);
        DataOutputStream picture = idx(name + "-images", 5 * perDigit, 28, 28);
        DataOutputStream number = idx(name + "-labels", 5 * perDigit)) {
      for (int left = 5 * perDigit; left > 0; ) {
        image.read(pixels);
        label.read(digit);
        boolean wanted = digit[0] >= from && digit[0] < from + 5 && taken[digit[0]] < perDigit;
        if (wanted) {
          taken[digit[0]]++;
          left--;
          picture.write(pixels);
          number.write(digit);
        }
      }
    }
  }

  private static DataOutputStream idx(String name, int... sizes) throws IOException {
    DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(folder.resolve(name))));
    out.writeInt(0x800 + sizes.length);
    for (int size : sizes) {
      out.writeInt(size);
    }
    return out;
  }
}
