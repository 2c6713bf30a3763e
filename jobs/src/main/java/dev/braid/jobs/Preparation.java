package dev.braid.jobs;

import static dev.braid.worker.Check.require;

import dev.braid.driver.training.TrainingRun;
import dev.braid.jobs.settings.JobFile;
import dev.braid.jobs.settings.SettingsFile;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.model.ForeignFormat;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Start;
import dev.braid.worker.torch.script.ScriptPlan;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;

/** What stands between a job file that could be read and a training that may start. */
final class Preparation {
  private Preparation() {}

  /** Makes every check that needs no Spark, without a word about what is odd but can be read. */
  static TrainingRun check(SettingsFile file, JobFile job, Configuration hadoop) {
    return check(file, job, hadoop, odd -> {});
  }

  /**
   * Makes every check that needs no Spark.
   *
   * @param say is told what is odd, but can be read and trained
   * @throws IllegalArgumentException when the training cannot work, naming file and setting
   */
  static TrainingRun check(
      SettingsFile file, JobFile job, Configuration hadoop, Consumer<String> say) {
    return file.check(() -> check(job, file.sha256(), hadoop, say));
  }

  private static TrainingRun check(
      JobFile job, String sha256, Configuration hadoop, Consumer<String> say) {
    require(job.training() != null, "training is missing");
    require(
        job.network() == null || job.model() == null,
        "network and model are both given; a model to go on from brings its network");
    require(
        job.transfer() == null || (job.network() == null && job.model() == null),
        "%s and transfer are both given; the model that transfer names brings its network",
        job.network() == null ? "model" : "network");
    require(
        job.network() != null || job.model() != null || job.transfer() != null,
        "network is missing");
    Start start = start(job, hadoop, say);
    TrainingRun run =
        TrainingRun.check(
            new TrainingRun.Settings(
                job.data(),
                start,
                job.engine(),
                job.training(),
                job.seed(),
                new TrainingRun.Origin(Braid.VERSION, sha256),
                job.metrics()),
            hadoop);
    require(
        !run.plan().hasOptimizer() || !Boolean.FALSE.equals(job.output().dl4j()),
        "output.dl4j: false, but the updater of a DL4J network lies in DL4J's entries of the"
            + " model's file; leave it out");
    require(
        !(run.plan() instanceof ScriptPlan) || !Boolean.TRUE.equals(job.output().dl4j()),
        "output.dl4j: true, but DL4J cannot express a TorchScript network; leave it out");
    if (Boolean.TRUE.equals(job.output().dl4j()) && run.plan() instanceof NetworkPlan layers) {
      requireDl4j(layers);
    }
    run.plan().warnings().forEach(words -> say.accept("warning: " + words));
    return run;
  }

  private static void requireDl4j(NetworkPlan layers) {
    try {
      ForeignFormat.required("dl4j").requireExpresses(layers);
    } catch (WrongSettings e) {
      throw new WrongSettings(
          "output.dl4j: true, but DL4J cannot express the network; leave it out: " + e.getMessage(),
          e);
    }
  }

  private static Start start(JobFile job, Configuration hadoop, Consumer<String> say) {
    if (job.transfer() != null) {
      return Models.start(job.transfer(), hadoop, say);
    }
    return job.model() == null
        ? job.network().start(path -> Models.bytes(path, hadoop))
        : Models.readToTrain(job.model(), hadoop).start();
  }
}
