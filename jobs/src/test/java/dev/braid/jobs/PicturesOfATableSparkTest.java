package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network that learns from a picture and from columns of the table that names it. */
class PicturesOfATableSparkTest {
  private static final String JOB =
      """
      data:
        parts:
          of:
            csv:
              path: FOLDER/scans.csv
              label: finding
              inputs: {photo: {columns: file}, person: {columns: [age, weight]}}
              columns: {file: {picture: {shape: [1, 6, 6], base: FOLDER/pictures}}}
          split: {train: 0.7, dev: 0.15, test: 0.15}
          by: patient
        normalise: standardise
        batchSize: 8
      network:
        layers:
          - convolution: {name: seen, from: photo, filters: 4, kernel: 3, activation: relu}
          - flatten: {name: flat, from: seen}
          - dense: {name: told, from: person, units: 4, activation: relu}
          - concatenate: {name: both, from: [flat, told]}
          - output: {from: both, loss: crossEntropy}
      training: {workers: 2, localSteps: 2, epochs: 12, optimizer: {adam: {learningRate: 0.02}}}
      seed: 3
      """;

  private static final String INPUTS =
      "inputs: {photo: {columns: file}, person: {columns: [age, weight]}}, columns: {file:"
          + " {picture: {SHAPEbase: FOLDER/pictures}}}";

  @TempDir private static Path folder;

  /**
   * Thirty patients with four scans each: the finding is yes where one is bright and the patient
   * old.
   */
  private static void write() throws IOException {
    Files.createDirectories(folder.resolve("pictures"));
    Random random = new Random(5);
    StringBuilder table = new StringBuilder("file,patient,age,weight,finding\n");
    for (int i = 0; i < 120; i++) {
      boolean bright = random.nextBoolean();
      boolean old = i / 4 % 2 == 0;
      BufferedImage image = new BufferedImage(6, 6, BufferedImage.TYPE_BYTE_GRAY);
      for (int at = 0; at < 36; at++) {
        int grey = random.nextInt(100) + (bright ? 150 : 0);
        image.getRaster().setSample(at % 6, at / 6, 0, grey);
      }
      ImageIO.write(image, "png", folder.resolve("pictures/%d.png".formatted(i)).toFile());
      table.append(
          "%d.png,p%d,%d,%d,%s%n"
              .formatted(
                  i,
                  i / 4,
                  random.nextInt(20) + (old ? 60 : 20),
                  random.nextInt(50) + 50,
                  bright && old ? "yes" : "no"));
    }
    Files.writeString(folder.resolve("scans.csv"), table);
    Files.writeString(folder.resolve("job.yaml"), JOB.replace("FOLDER", folder.toString()));
  }

  private static JsonNode json(String file) throws IOException {
    return new JsonMapper().readTree(folder.resolve(file).toFile());
  }

  @Test
  void train_fromPicturesAndColumns_learnsBoth_andScoresThemAgain() throws IOException {
    write();
    String job = folder.resolve("job.yaml").toString();
    CommandLineRun trained =
        CommandLineRun.braid("train", job, "--output", folder.resolve("run").toString());
    assertEquals(0, trained.exitCode(), trained.out() + trained.err());
    JsonNode test = json("run/summary.json").get("parts").get("test");
    assertTrue(test.get("accuracy").asDouble() > 0.8, test.toString());
    CommandLineRun scored =
        CommandLineRun.braid(
            "evaluate", folder.resolve("run") + "", job, "--output", folder.resolve("again") + "");
    assertEquals(0, scored.exitCode(), scored.out() + scored.err());
    assertEquals(
        test.get("loss").asDouble(), json("again/evaluation.json").get("loss").asDouble(), 1e-6);
    inferAsEvaluated(job);
  }

  /**
   * A model applied to the table scores it as its evaluation does, and sets apart what is not
   * there.
   */
  private static void inferAsEvaluated(String job) throws IOException {
    Path scans = folder.resolve("scans.csv");
    String csv = "{csv: {path: %s, label: finding, %s}}".formatted(scans, INPUTS);
    CommandLineRun evaluated =
        CommandLineRun.braid(
            "evaluate",
            folder.resolve("run") + "",
            job,
            "--set",
            "data.parts=null",
            "--set",
            "data.test="
                + csv.replace("FOLDER", folder + "").replace("SHAPE", "shape: [1, 6, 6], "),
            "--output",
            folder.resolve("all") + "");
    assertEquals(0, evaluated.exitCode(), evaluated.out() + evaluated.err());
    Files.writeString(scans, Files.readString(scans) + "gone.png,p99,40,60,no\n");
    String input = csv.replace("FOLDER", folder + "").replace("SHAPE", "");
    Path infer =
        Files.writeString(
            folder.resolve("infer.yaml"),
            "model: %s/run%ninput: %s%noutput: {format: csv}%n".formatted(folder, input));
    CommandLineRun inferred =
        CommandLineRun.braid("infer", infer + "", "--output", folder.resolve("inferred") + "");
    assertEquals(0, inferred.exitCode(), inferred.out() + inferred.err());
    JsonNode summary = json("inferred/summary.json");
    assertEquals(1, summary.get("quarantined").asInt());
    assertEquals(json("all/evaluation.json").get("accuracy"), summary.get("accuracy"));
    assertTrue(
        inferred.out().contains("column 'file' names 'gone.png', but there is no file"),
        inferred.out());
  }
}
