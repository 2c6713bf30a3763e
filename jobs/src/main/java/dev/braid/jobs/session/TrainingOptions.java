package dev.braid.jobs.session;

import static dev.braid.worker.Check.require;

import dev.braid.driver.checkpoint.CheckpointPlan;
import dev.braid.driver.checkpoint.Checkpoints;
import dev.braid.driver.checkpoint.FolderLock;
import dev.braid.driver.run.Checkpointing;
import dev.braid.driver.run.Stopped;
import dev.braid.jobs.report.RunFolder;
import dev.braid.jobs.settings.SettingsFile;
import dev.braid.worker.WrongSettings;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Option;

/** A job file that trains, the folder of its results, and whether the run in it goes on. */
public final class TrainingOptions extends JobOptions {
  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "The folder for the results. Default: runs/<name of the job file>-<time>.")
  private String output;

  @Option(
      names = "--resume",
      description =
          "Go on from the newest checkpoint of the run in the folder of --output, to the same"
              + " result as if it had never stopped; from the beginning where there is none yet.")
  private boolean resume;

  private final long begin = System.nanoTime();

  /** Since the command began. */
  public double seconds() {
    return (System.nanoTime() - begin) / 1e9;
  }

  /**
   * Trains in the folder of the results, which no other run may use meanwhile.
   *
   * @param configured the folder that the job file names; null for none
   * @return the exit code: 1 where the run was asked to stop, which it has said then
   */
  public int train(SettingsFile file, String configured, Consumer<RunFolder> training) {
    require(
        !resume || output != null || configured != null,
        "--resume needs to know which run is to go on: give its folder with --output");
    String folder = folder(output, configured);
    Configuration hadoop = hadoop();
    if (resume) {
      requireBegun(folder, hadoop);
    }
    return FolderLock.holding(
        folder,
        title(),
        hadoop,
        () -> {
          try {
            training.accept(RunFolder.begin(folder, resume, file.text(), hadoop));
            return 0;
          } catch (Stopped e) {
            return 1;
          }
        });
  }

  /** Does nothing where a run has begun, whether or not it has come to a checkpoint. */
  private static void requireBegun(String folder, Configuration hadoop) {
    try {
      var unused = RunFolder.existing(folder, hadoop);
    } catch (WrongSettings e) {
      throw new WrongSettings(
          "--resume: %s; give the folder of a run that has begun with --output, or begin one without --resume"
              .formatted(e.getMessage()),
          e);
    }
  }

  /** The lines of {@code metrics.jsonl} that the run has left which goes on; else none. */
  public List<String> earlierMetrics(RunFolder folder) {
    return resume ? folder.lines("metrics.jsonl") : List.of();
  }

  /**
   * The checkpoints of the run.
   *
   * @param free settings that cannot change the result
   * @throws IllegalArgumentException where the folder has checkpoints that the run does not go on
   *     from
   */
  public Checkpointing checkpointing(
      RunFolder folder, CheckpointPlan plan, SettingsFile file, List<String> free) {
    Checkpoints checkpoints = new Checkpoints(folder + "/checkpoints", hadoop(), plan.keep());
    Checkpointing checkpointing = new Checkpointing(checkpoints, plan, file.flat(), free, resume);
    checkpointing.requireFree();
    return checkpointing;
  }
}
