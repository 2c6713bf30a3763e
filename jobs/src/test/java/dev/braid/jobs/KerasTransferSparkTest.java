package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.model.Model;
import dev.braid.worker.state.Segment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks that Keras has saved, and weights of one, learn other classes. */
class KerasTransferSparkTest {
  private static final int PERSONS = 10;
  private static final String JOB =
      """
      data:
        train: {images: {path: FOLDER/train, height: 64, width: 64, channels: 1}}
        test: {images: {path: FOLDER/test, height: 64, width: 64, channels: 1}}
        normalise: scale
        batchSize: 10
      transfer:
        model: MODEL
        cut: {after: add_4}
        head:
          - globalAveragePooling: {}
          - output: {loss: crossEntropy}
        freeze: {upTo: add_4}
        features: {folder: FOLDER/features}
      training: {workers: 2, localSteps: 4, epochs: 60, optimizer: {adam: {learningRate: 0.02}}}
      """;

  @Test
  void miniXception_isDescribed_andItsHeadLearnsOtherClasses(@TempDir Path folder)
      throws IOException {
    Path model = Checkout.shared("data/keras-models/fer2013_mini_XCEPTION.110-0.65.hdf5");
    Path faces = Checkout.shared("data/orl-faces/att_faces.tar.gz");

    CommandLineRun described = CommandLineRun.braid("describe", "" + model);
    assertEquals(0, described.exitCode(), described.err());
    assertTrue(
        described
            .out()
            .matches(
                "(?s)input input_1 \\[1, 64, 64]\n.*separable_conv2d_8 +convolution +\\[128, 8, 8]"
                    + " +16,384 +1,048,576\n.*56,951 parameters\n.*trained by Keras 2.0.5.*"),
        described.out());

    extract(faces, folder);
    double accuracy =
        accuracy(folder, "run", JOB.replace("FOLDER", "" + folder).replace("MODEL", "" + model));
    System.out.printf("faces of %d persons: %.4f%n", PERSONS, accuracy);
    assertTrue(accuracy > 0.6, "accuracy " + accuracy + " of " + PERSONS + " persons");
    assertArrayEquals(
        kernel(Models.read("" + model, new Configuration())),
        kernel(Models.read("" + folder.resolve("run"), new Configuration())));
  }

  private static float[] kernel(Model model) {
    Segment segment =
        model.description().plan().layout().params().stream()
            .filter(s -> s.name().equals("separable_conv2d_8.weight"))
            .findFirst()
            .orElseThrow();
    float[] values = new float[(int) segment.size()];
    model.params().read(segment.offset(), values, values.length);
    return values;
  }

  /** Seven pictures of each person to learn from, three for the test. */
  private static void extract(Path tar, Path folder) throws IOException {
    TarFile.read(
        tar,
        (name, content) -> {
          String[] parts = name.split("/", -1);
          if (name.endsWith(".pgm")) {
            int person = Integer.parseInt(parts[parts.length - 2].substring(1));
            int picture = Integer.parseInt(parts[parts.length - 1].replace(".pgm", ""));
            if (person <= PERSONS) {
              String part = picture <= 7 ? "train" : "test";
              write(folder.resolve(part).resolve("person" + person), picture + ".pgm", content);
            }
          }
        });
  }

  private static void write(Path folder, String name, byte[] content) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve(name), content);
  }

  private static final String PHOTOS =
      """
      data:
        train: {images: {path: FOLDER/train, height: 96, width: 96}}
        test: {images: {path: FOLDER/test, height: 96, width: 96}}
        batchSize: 20
      transfer:
        model: MODEL
        architecture: squeezeNet
        head:
          - globalAveragePooling: {}
          - output: {loss: crossEntropy}
        freeze: {upTo: fire9_concat}
        features: {folder: FOLDER/features}
      training: {workers: 2, localSteps: 5, epochs: 30, optimizer: {adam: {learningRate: 0.003}}}
      """;

  /** Thirty photos a class of CIFAR-10 (JPEG); conf/transfer-squeezenet.yaml is for more. */
  @Test
  void squeezeNet_thatKnowsImageNet_tellsPhotosApartBetterThanUntrained(@TempDir Path folder)
      throws IOException {
    Path weights = Checkout.shared("data/keras-models/squeezenet_notop_weights_tf.h5");
    for (String part : new String[] {"train", "test"}) {
      Path tar = Checkout.shared("data/cifar10-jpeg/" + part + ".tar.gz");
      Map<String, Integer> taken = new HashMap<>();
      TarFile.read(
          tar,
          (name, content) -> {
            String[] parts = name.split("/", -1);
            if (name.endsWith(".jpg") && taken.merge(parts[1], 1, Integer::sum) <= 30) {
              write(folder.resolve(part).resolve(parts[1]), parts[2], content);
            }
          });
    }
    String job = PHOTOS.replace("FOLDER", "" + folder);
    double learned = accuracy(folder, "learned", job.replace("MODEL", "" + weights));
    double untrained = accuracy(folder, "untrained", job.replace("  model: MODEL\n", ""));
    System.out.printf("photos: SqueezeNet %.4f, untrained %.4f%n", learned, untrained);
    assertTrue(
        learned > untrained + 0.15, "learned %.4f, untrained %.4f".formatted(learned, untrained));
  }

  private static double accuracy(Path folder, String name, String job) throws IOException {
    Path file = Files.writeString(folder.resolve(name + ".yaml"), job);
    CommandLineRun run =
        CommandLineRun.braid("transfer", "" + file, "--output", "" + folder.resolve(name));
    assertEquals(0, run.exitCode(), run.err());
    return new JsonMapper()
        .readTree(Files.readString(folder.resolve(name).resolve("summary.json")))
        .get("accuracy")
        .asDouble();
  }
}
