package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.random.SplitMix;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bright squares and dim ones in noise, found by a network of a grid, through all jobs. */
class DetectionSparkTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int SIDE = 32;

  private static final String JOB =
      """
      seed: 3
      engine: jvm
      data:
        parts:
          train: {boxes: {path: FOLDER/train, labels: {yolo: {path: FOLDER/labels, names: [bright, dim]}}, height: 32, width: 32, channels: 1}}
          test: {boxes: {path: FOLDER/test, labels: {yolo: {path: FOLDER/labels, names: [bright, dim]}}, height: 32, width: 32, channels: 1}}
        task: {detection: {minScore: 0.3}}
        normalise: scale
        batchSize: 8
      network:
        layers:
          - convolution: {filters: 8, kernel: 3, stride: 2, padding: same, activation: relu}
          - convolution: {filters: 16, kernel: 3, stride: 2, padding: same, activation: relu}
          - convolution: {filters: 16, kernel: 3, stride: 2, padding: same, activation: relu}
          - convolution: {filters: 7, kernel: 1}
          - output: {projection: false, loss: {yolo: {anchors: [[0.25, 0.25]]}}}
      training:
        workers: 2
        localSteps: 2
        epochs: 16
        optimizer: {adam: {learningRate: 0.01}}
        checkpoint: {everyRounds: 4}
      """;

  @TempDir private static Path folder;

  @BeforeAll
  static void train() throws IOException {
    Files.createDirectories(folder.resolve("labels"));
    write("train", 160);
    write("test", 40);
    done("train", "run", JOB);
  }

  /** Pictures with none to two squares; those with none have no file of labels. */
  private static void write(String part, int count) throws IOException {
    Files.createDirectories(folder.resolve(part));
    SplitMix random = SplitMix.stream(count);
    for (int i = 0; i < count; i++) {
      BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
      for (int at = 0; at < SIDE * SIDE; at++) {
        image.getRaster().setSample(at % SIDE, at / SIDE, 0, random.nextInt(40));
      }
      StringBuilder labels = new StringBuilder();
      int squares = i % 3;
      for (int k = 0; k < squares; k++) {
        int label = random.nextInt(2);
        int size = 6 + random.nextInt(5);
        int left = k * SIDE / 2 + random.nextInt(SIDE / 2 - size);
        int top = random.nextInt(SIDE - size);
        for (int at = 0; at < size * size; at++) {
          image.getRaster().setSample(left + at % size, top + at / size, 0, label == 0 ? 250 : 130);
        }
        double half = size / 2.0;
        labels.append(
            "%d %f %f %f %f%n"
                .formatted(
                    label,
                    (left + half) / SIDE,
                    (top + half) / SIDE,
                    (double) size / SIDE,
                    (double) size / SIDE));
      }
      String name = part + i;
      assertTrue(ImageIO.write(image, "png", folder.resolve(part + "/" + name + ".png").toFile()));
      if (squares > 0) {
        Files.writeString(folder.resolve("labels/" + name + ".txt"), labels);
      }
    }
  }

  private static CommandLineRun done(String command, String output, String job, String... more)
      throws IOException {
    Path file =
        Files.writeString(folder.resolve(output + ".yaml"), job.replace("FOLDER", "" + folder));
    List<String> arguments =
        Stream.concat(
                Stream.of(command, "" + file, "--output", "" + folder.resolve(output)),
                Stream.of(more))
            .toList();
    CommandLineRun run = CommandLineRun.braid(arguments.toArray(new String[0]));
    assertEquals(0, run.exitCode(), run.err());
    return run;
  }

  private static JsonNode json(String file) throws IOException {
    return JSON.readTree(folder.resolve(file).toFile());
  }

  @Test
  void training_findsTheSquares_andShowsThem() throws IOException {
    double map50 = json("run/summary.json").get("map50").asDouble();
    // Of so short a training: 0.279 when this was written, and the same bits everywhere.
    assertTrue(map50 > 0.2, "map50 " + map50);
    String report = Files.readString(folder.resolve("run/report.html"));
    assertTrue(report.contains("average precision at an IoU of 0.5"), report);
  }

  @Test
  void evaluation_countsWhatTheTrainingCounted() throws IOException {
    Path job =
        Files.writeString(folder.resolve("evaluate.yaml"), JOB.replace("FOLDER", "" + folder));
    CommandLineRun run = CommandLineRun.braid("evaluate", "" + folder.resolve("run"), "" + job);
    assertEquals(0, run.exitCode(), run.err());
    double map50 = json("run/summary.json").get("map50").asDouble();
    assertTrue(run.out().contains("%.4f".formatted(map50)), run.out());
    assertTrue(run.out().contains("bright"), run.out());
  }

  @Test
  void inference_writesBoxesOfPictures() throws IOException {
    done(
        "infer",
        "scored",
        """
        model: FOLDER/run
        input: {images: {path: FOLDER/test}}
        keep: [_file]
        output: {format: json}
        """);
    long boxes = 0;
    try (Stream<Path> files = Files.walk(folder.resolve("scored/predictions"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        for (String line : Files.readAllLines(file)) {
          for (JsonNode box : JSON.readTree(line).get("boxes")) {
            assertTrue(List.of("bright", "dim").contains(box.get("prediction").asText()), line);
            assertTrue(box.get("right").asDouble() > box.get("left").asDouble(), line);
            boxes++;
          }
        }
      }
    }
    assertTrue(boxes > 20, "boxes " + boxes);
  }

  @Test
  void resumedRun_equalsTheUnbrokenOne() throws IOException {
    done("train", "broken", JOB, "--set", "training.epochs=5");
    done("train", "broken", JOB, "--resume");
    assertEquals(
        json("run/summary.json").get("modelSha256"),
        json("broken/summary.json").get("modelSha256"));
  }

  @Test
  void anchors_areTheSquaresShape() throws IOException {
    Path job = Files.writeString(folder.resolve("a.yaml"), JOB.replace("FOLDER", "" + folder));
    CommandLineRun run = CommandLineRun.braid("anchors", "" + job, "--count", "1");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().matches("(?s).*anchors: \\[\\[0\\.2\\d+, 0\\.2\\d+]].*"), run.out());
  }

  @Test
  void augmentation_thatMovesPictures_isRefused() throws IOException {
    Path job =
        Files.writeString(
            folder.resolve("moved.yaml"),
            JOB.replace("FOLDER", "" + folder)
                .replace("  normalise:", "  augment: [{mirror: {}}]\n  normalise:"));
    CommandLineRun run = CommandLineRun.braid("train", "" + job, "--output", folder + "/moved");
    assertEquals(2, run.exitCode(), run.out());
    assertTrue(run.err().contains("mirror moves what is in a picture"), run.err());
  }
}
