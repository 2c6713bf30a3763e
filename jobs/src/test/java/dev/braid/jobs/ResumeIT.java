package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job that is asked to end by SIGTERM, and goes on with {@code --resume}. */
class ResumeIT {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path folder;

  private Path job() throws IOException {
    String samples = Path.of("samples/fashion-mnist").toAbsolutePath().toString();
    return Files.writeString(
        folder.resolve("job.yaml"),
        """
        data:
          train:
            idx: {images: S/train-images-idx3-ubyte.gz, labels: S/train-labels-idx1-ubyte.gz}
          test:
            idx: {images: S/t10k-images-idx3-ubyte.gz, labels: S/t10k-labels-idx1-ubyte.gz}
          validation: 0.1
          normalise: scale
          batchSize: 64
        network:
          layers:
            - flatten: {}
            - dense: {units: 16, activation: relu}
            - output: {loss: crossEntropy}
        training:
          workers: 2
          localSteps: 3
          epochs: 4
          optimizer: {adam: {learningRate: 0.001}}
          averaging: {outerStep: {slowMo: {momentum: 0.3}}}
          checkpoint: {everyRounds: 10}
        """
            .replace("S/", samples + "/"));
  }

  private static int braid(ByteArrayOutputStream said, String... arguments) {
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    return Braid.run(out, out, arguments);
  }

  private static String sha256(Path output) throws IOException {
    return JSON.readTree(output.resolve("summary.json").toFile()).path("modelSha256").asText();
  }

  @Test
  void sigterm_thenResume_equalsTheUnbrokenRun() throws IOException {
    Path unbroken = folder.resolve("unbroken");
    Path broken = folder.resolve("broken");
    String job = job().toString();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    String[] whole = {"train", job, "--master", "local[2]", "--output", unbroken.toString()};
    assertEquals(0, braid(said, whole), said::toString);

    List<String> lines = trainUntilFirstEpochThenTerminate(job, broken);
    assertTrue(
        lines.stream()
            .anyMatch(line -> line.matches("braid: stopped after round \\d+; .*--resume.*")),
        lines::toString);

    String[] again = {
      "train", job, "--master", "local[2]", "--output", broken.toString(), "--resume"
    };
    assertEquals(2, braid(said, with(again, "--set", "seed=7")), said::toString);
    assertTrue(
        said.toString(StandardCharsets.UTF_8).contains("seed was left out and is 7"),
        said::toString);

    assertEquals(0, braid(said, again), said::toString);
    assertEquals(sha256(unbroken), sha256(broken));
    assertEquals(rounds(unbroken), rounds(broken));
  }

  private static String[] with(String[] arguments, String... more) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  /** The numbers of the rounds in the log: each once, in order. */
  private static List<Integer> rounds(Path output) throws IOException {
    List<Integer> rounds = new ArrayList<>();
    for (String line : Files.readAllLines(output.resolve("metrics.jsonl"))) {
      JsonNode event = JSON.readTree(line);
      if (event.path("event").asText().equals("round")) {
        rounds.add(event.path("round").asInt());
      }
    }
    assertEquals(IntStream.rangeClosed(1, rounds.size()).boxed().toList(), rounds);
    return rounds;
  }

  private static List<String> trainUntilFirstEpochThenTerminate(String job, Path output)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--add") || flag.startsWith("-Djdk"))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Braid.class.getName()));
    command.addAll(List.of("train", job, "--master", "local[2]", "--output", output.toString()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    List<String> lines = new ArrayList<>();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
        if (line.startsWith("epoch 1 ")) {
          process.toHandle().destroy(); // SIGTERM
        }
      }
    } finally {
      process.toHandle().destroyForcibly();
    }
    return lines;
  }
}
