package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures that are changed while a network learns. */
class AugmentSparkTest {
  private static final String AUGMENT =
      """
        augment:
          - mirror: {}
          - crop: {padding: 2}
          - rotate: {degrees: 15}
          - shear: {degrees: 10, fill: 128}
          - scale: {least: 0.9, most: 1.1}
          - colour: {brightness: 0.2, contrast: 0.2, saturation: 0.2, hue: 0.05, pca: 0.1}
          - noise: {deviation: 5}
          - cutout: {size: 2}
      """;

  private static final String JOB =
      """
      seed: 4
      engine: jvm
      data:
        train: {images: {path: FOLDER/pictures, height: 8, width: 8, channels: 3}}
        validation: 0.2
        normalise: standardise
        batchSize: 8
      """
          + AUGMENT
          + """
      network:
        layers:
          - convolution: {filters: 4, kernel: 3, activation: relu}
          - globalAveragePooling: {}
          - output: {loss: crossEntropy}
      training:
        workers: 2
        localSteps: 2
        epochs: 4
        optimizer: {adam: {learningRate: 0.01}}
        checkpoint: {everyRounds: 1}
      """;

  @TempDir private static Path folder;
  private static Path job;

  @BeforeAll
  static void write() throws IOException {
    Random random = new Random(8);
    for (int i = 0; i < 60; i++) {
      boolean red = i % 2 == 0;
      BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
      for (int at = 0; at < 64; at++) {
        int level = 60 + random.nextInt(190);
        image.setRGB(at % 8, at / 8, red ? level << 16 : level << 8);
      }
      Path file = folder.resolve("pictures/%s/%d.png".formatted(red ? "red" : "green", i));
      Files.createDirectories(file.getParent());
      ImageIO.write(image, "png", file.toFile());
    }
    job = Files.writeString(folder.resolve("job.yaml"), JOB.replace("FOLDER", folder.toString()));
  }

  private static CommandLineRun braid(String... arguments) {
    CommandLineRun run = CommandLineRun.braid(arguments);
    assertEquals(0, run.exitCode(), run.out() + run.err());
    return run;
  }

  private static JsonNode json(String file) throws IOException {
    return new JsonMapper().readTree(folder.resolve(file).toFile());
  }

  private static JsonNode train(String output, String... more) throws IOException {
    String[] arguments = new String[more.length + 4];
    System.arraycopy(more, 0, arguments, 4, more.length);
    arguments[0] = "train";
    arguments[1] = job.toString();
    arguments[2] = "--output";
    arguments[3] = folder.resolve(output).toString();
    braid(arguments);
    return json(output + "/summary.json").get("modelSha256");
  }

  @Test
  void augmentedRun_isTheSameOnAnyCores_andResumed_andScoresPicturesAsTheyAre() throws IOException {
    JsonNode two = train("two", "--master", "local[2]");
    assertEquals(two, train("one", "--master", "local[1]"));
    train("broken", "--set", "training.epochs=2");
    assertEquals(two, train("broken", "--resume"));
    assertNotEquals(two, train("plain", "--set", "data.augment=[]"));

    braid(
        "evaluate",
        folder.resolve("two") + "",
        job + "",
        "--part",
        "validation",
        "--set",
        "data.augment=[]",
        "--output",
        folder.resolve("scored") + "");
    assertEquals(
        json("two/summary.json").get("parts").get("dev").get("loss").asDouble(),
        json("scored/evaluation.json").get("loss").asDouble(),
        1e-6);
  }

  @Test
  void augment_makesAPage_ofWhatTheNetworkWillSee_thatAsksNothingOfANetwork() throws IOException {
    Path page = folder.resolve("page.html");
    Path again = folder.resolve("again.html");
    CommandLineRun run = braid("augment", job + "", "--show", "20", "--output", page + "");
    assertTrue(run.out().contains("20 pictures"), run.out());
    String html = Files.readString(page);
    assertEquals(20, html.split("<figure>").length - 1);
    assertTrue(html.contains("mirror, crop, rotate, shear, scale, colour, noise, cutout"));
    assertTrue(html.contains("epoch 8"));
    assertFalse(html.contains("src=\"http"));
    braid("augment", job + "", "--show", "20", "--output", again + "", "--master", "local[1]");
    assertEquals(html, Files.readString(again));
  }

  @Test
  void augment_ofAJobWithoutChanges_isRefused_beforeSpark() {
    assertRefused(
        "data.augment is missing: how pictures are changed",
        "augment",
        job + "",
        "--set",
        "data.augment=[]");
    assertRefused("--show must be 1 to 1000 pictures, got 0", "augment", job + "", "--show", "0");
  }

  @Test
  void change_thatCannotBe_isRefused_namingTheSetting() throws IOException {
    assertRefused(
        "unknown augmentation 'miror'; did you mean 'mirror'?",
        "train",
        job + "",
        "--set",
        "data.augment=[{miror: {}}]");
    assertRefused(
        "crop: padding must be at least 1 pixel, got 0",
        "train",
        job + "",
        "--set",
        "data.augment=[{crop: {padding: 0}}]");
    assertRefused(
        "data.augment: crop: padding 8 would leave nothing of pictures of 8 x 8 pixels",
        "train",
        job + "",
        "--set",
        "data.augment=[{crop: {padding: 8}}]");
    Path table =
        Tables.write(folder, Tables.JOB.replace("data:\n", "data:\n  augment: [{mirror: {}}]\n"));
    assertRefused("data.augment changes pictures: those of a folder", "train", table + "");
  }

  private static void assertRefused(String message, String... arguments) {
    CommandLineRun run = CommandLineRun.braid(arguments);
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains(message), run.err());
  }
}
