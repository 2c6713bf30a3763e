package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the jar without native code has on its classpath trains, scores and makes word vectors. */
class WithoutNativesIT {
  private static final String INFER =
      """
      model: FOLDER/run
      input: {csv: {path: FOLDER/test.csv, features: [x, y, z]}}
      output: {format: csv}
      """;
  private static final String EMBED =
      """
      corpus: {path: FOLDER/text.txt, minCount: 2}
      skipGram: {dimension: 8, window: 3, sample: 0}
      training: {epochs: 1, workers: 2, tokensPerRound: 1000}
      """;

  @TempDir private Path folder;

  /** Several commands in one JVM, so that it starts but once. */
  static final class Commands {
    private Commands() {}

    public static void main(String[] arguments) {
      Path folder = Path.of(arguments[0]);
      String job = "" + folder.resolve("job.yaml");
      String run = "" + folder.resolve("run");
      LeanJvm.braid("train", job, "--master", "local[2]", "--output", run);
      LeanJvm.braid("evaluate", run + "/model.zip", job, "--master", "local[2]");
      LeanJvm.braid("describe", run + "/model.zip");
      LeanJvm.braid("doctor", "--master", "local[2]", "--output", run);
      String scored = "" + folder.resolve("scored");
      LeanJvm.braid("infer", "" + folder.resolve("infer.yaml"), "--output", scored);
      String words = "" + folder.resolve("words");
      LeanJvm.braid("embed", "" + folder.resolve("embed.yaml"), "--output", words);
      LeanJvm.braid("train", job, "--set", "engine=torch");
      LeanJvm.braid("train", job, "--set", "network={torchScript: FOLDER/net.pt}");
      LeanJvm.braid("train", job, "--set", "network={zoo: LeNet}");
      System.exit(0);
    }
  }

  @Test
  void networksVectorsAndInference_work_andTheOthersAreRefused()
      throws IOException, InterruptedException {
    Tables.write(folder, Tables.JOB);
    for (String job : List.of("infer", "embed")) {
      String text = job.equals("infer") ? INFER : EMBED;
      Files.writeString(folder.resolve(job + ".yaml"), text.replace("FOLDER", "" + folder));
    }
    Files.writeString(folder.resolve("text.txt"), "a rose is a rose is a flower\n".repeat(400));
    String said =
        LeanJvm.run(
            List.of(
                "org.bytedeco",
                "com.microsoft.onnxruntime",
                "org.deeplearning4j",
                "org.nd4j",
                "org.datavec"),
            Commands.class,
            folder,
            "" + folder);

    for (String command : List.of("train", "evaluate", "describe", "doctor", "infer", "embed")) {
      assertTrue(said.contains(command + " 0\n"), command + ":\n" + said);
    }
    for (String what : List.of("engine: torch", "network.torchScript")) {
      assertTrue(
          said.contains(what + " needs libtorch, which this build of Braid is without"), said);
    }
    assertTrue(said.contains("network.zoo needs DL4J, which this build of Braid is without"), said);
    assertEquals(3, said.split("train 2\n", -1).length - 1, said);
  }
}
