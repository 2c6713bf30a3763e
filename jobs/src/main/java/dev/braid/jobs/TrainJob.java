package dev.braid.jobs;

import picocli.CommandLine.Command;

/** {@code braid train JOB.yaml}: trains a network and writes a folder of results. */
@Command(name = "train", description = "Train the network that a job file describes.")
final class TrainJob implements Runnable {
  @Override
  public void run() {}
}
