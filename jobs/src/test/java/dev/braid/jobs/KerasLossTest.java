package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of Keras's whose loss Braid does not have. */
class KerasLossTest {
  private static final Path MODELS =
      Checkout.root()
          .resolve("worker/src/test/resources/dev/braid/worker/keras/keras-models.zip.gz");

  private static Path model(Path folder, String name) throws IOException {
    try (ZipInputStream zip =
        new ZipInputStream(new GZIPInputStream(new FileInputStream(MODELS.toFile())))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().equals(name)) {
          return Files.write(folder.resolve(name), zip.readAllBytes());
        }
      }
    }
    throw new IllegalArgumentException(name);
  }

  private static CommandLineRun braid(Path folder, String command, String job) throws IOException {
    Files.writeString(folder.resolve("d.csv"), "a,b,c,d,y,z\n1,2,3,4,0.5,1\n2,3,4,5,0.1,2\n");
    Path file =
        Files.writeString(
            folder.resolve("job.yaml"),
            "data: {train: {csv: {path: '%s', label: [y, z]}}, batchSize: 1}\n%s\ntraining: {workers: 1}\n"
                .formatted(folder.resolve("d.csv"), job));
    return CommandLineRun.braid(command, "" + file, "--output", "" + folder.resolve("run"));
  }

  @Test
  void modelWithForeignLoss_isDescribed_butNeitherTrainedNorConverted(@TempDir Path folder)
      throws IOException {
    Path model = model(folder, "end_log_cosh-keras.keras");
    assertEquals(0, CommandLineRun.braid("describe", "" + model).exitCode());
    assertRefused(braid(folder, "transfer", "transfer: {model: '" + model + "'}"));
    assertRefused(braid(folder, "train", "model: '" + model + "'"));
    assertRefused(
        CommandLineRun.braid(
            "convert", "" + model, "--to", "dl4j", "--output", "" + folder.resolve("x.zip")));
  }

  private static void assertRefused(CommandLineRun run) {
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains("output 'dense"), run.err());
    assertTrue(run.err().contains("LogCosh"), run.err());
    assertTrue(run.err().contains("transfer.head"), run.err());
  }
}
