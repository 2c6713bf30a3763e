package dev.braid.jobs;

import static dev.braid.worker.Check.require;

import dev.braid.jobs.settings.JobFile;
import dev.braid.jobs.settings.SettingsFile;
import picocli.CommandLine.Command;

/** {@code braid transfer JOB.yaml}: a training that begins with another model's layers. */
@Command(
    name = "transfer",
    description = "Adapt a learned model to other examples, as a job file's transfer section says.")
final class TransferJob extends TrainJob {
  @Override
  JobFile read(SettingsFile file) {
    JobFile job = super.read(file);
    file.check(
        () -> {
          require(job.transfer() != null, "transfer is missing: which model becomes what");
          return job;
        });
    return job;
  }
}
