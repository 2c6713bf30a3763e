package dev.braid.jobs;

import static dev.braid.worker.Check.require;

import dev.braid.driver.files.AtomicWrite;
import dev.braid.driver.files.GivenPath;
import dev.braid.driver.training.AugmentedPicture;
import dev.braid.driver.training.TrainingRun;
import dev.braid.jobs.page.AugmentPage;
import dev.braid.jobs.session.JobOptions;
import dev.braid.jobs.session.Session;
import dev.braid.jobs.settings.JobFile;
import dev.braid.jobs.settings.SettingsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code braid augment JOB.yaml}: a page of what a network will see of its pictures. */
@Command(
    name = "augment",
    description = "Show on a page what a job file's data.augment makes of its training pictures.")
final class AugmentJob implements Runnable {
  private static final int MOST = 1000;
  private static final int NUM_EPOCHS = 8;

  @Mixin private JobOptions options;

  @Option(
      names = "--show",
      paramLabel = "N",
      defaultValue = "64",
      description = "So many pictures. Default: ${DEFAULT-VALUE}.")
  private int numPictures;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "The page. Default: <name of the job file>-augmented.html.")
  private String output;

  @Override
  public void run() {
    require(
        numPictures > 0 && numPictures <= MOST,
        "--show must be 1 to %d pictures, got %d",
        MOST,
        numPictures);
    SettingsFile file = options.read();
    JobFile job = file.as(JobFile.class);
    TrainingRun run = Preparation.check(file, job, Session.hadoop());
    require(
        !job.data().augment().isEmpty(),
        "data.augment is missing: how pictures are changed, such as augment: [{mirror: {}}]");
    String page = output == null ? options.name() + "-augmented.html" : output;
    try (SparkSession spark = options.open()) {
      List<AugmentedPicture> pictures = run.augmentedPictures(spark, numPictures, NUM_EPOCHS);
      write(page, new AugmentPage(options.name(), job.data().augment(), pictures).html());
      options.out().printf("%,d pictures%n%s%n", pictures.size(), page);
    }
  }

  private static void write(String page, String html) {
    try {
      AtomicWrite.file(
          GivenPath.of(page),
          Session.hadoop(),
          out -> out.write(html.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(page + " cannot be written", e);
    }
  }
}
