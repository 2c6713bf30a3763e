package dev.braid.jobs;

import dev.braid.worker.random.SplitMix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** A small problem in files: points around two centres in three dimensions, and a job for it. */
final class Tables {
  private Tables() {}

  /** The job file's text; {@code FOLDER} stands for the folder of its data. */
  static final String JOB =
      """
      data:
        train:
          csv:
            path: FOLDER/train.csv
            label: kind
        test:
          csv:
            path: FOLDER/test.csv
            label: kind
        validation: 0.2
        normalise: standardise
        batchSize: 16
      network:
        layers:
          - dense: {units: 8, activation: tanh}
          - output: {loss: crossEntropy}
      training:
        workers: 2
        localSteps: 4
        epochs: 3
        optimizer:
          adam: {learningRate: 0.05}
      seed: 7
      """;

  /** Writes data and job file into a folder; returns the job file. */
  static Path write(Path folder, String job) throws IOException {
    Files.writeString(folder.resolve("train.csv"), table(200, 1));
    Files.writeString(folder.resolve("test.csv"), table(80, 2));
    return Files.writeString(folder.resolve("job.yaml"), job.replace("FOLDER", folder.toString()));
  }

  /** Rows of three numbers and a word. */
  static String table(int size, long key) {
    SplitMix random = SplitMix.stream(key);
    StringBuilder text = new StringBuilder("x,y,z,kind\n");
    for (int i = 0; i < size; i++) {
      int centre = i % 2;
      text.append(
          String.format(
              Locale.ROOT,
              "%.4f,%.4f,%.4f,%s%n",
              centre + 0.3 * random.nextGaussian(),
              -centre + 0.3 * random.nextGaussian(),
              random.nextGaussian(),
              centre == 0 ? "near" : "far"));
    }
    return text.toString();
  }
}
