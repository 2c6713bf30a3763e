package dev.braid.jobs;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code braid machine}: what this JVM and its machine are. */
@Command(name = "machine", description = "Say what this machine is.")
final class MachineJob implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().getOut().println(System.getProperty("os.arch"));
    return 0;
  }
}
