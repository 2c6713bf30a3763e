package dev.braid.jobs;

import dev.braid.jobs.cluster.DoctorJob;
import dev.braid.jobs.embedding.AnalogyJob;
import dev.braid.jobs.embedding.EmbedEvalJob;
import dev.braid.jobs.embedding.EmbedJob;
import dev.braid.jobs.embedding.NeighboursJob;
import dev.braid.jobs.embedding.TsneJob;
import dev.braid.jobs.inference.InferJob;
import dev.braid.jobs.schedule.ScheduleJob;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkUserAppException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command line.
 *
 * <pre>
 *   exit code 0   done
 *             1   the run failed
 *             2   the settings are wrong
 * </pre>
 */
@Command(
    name = "braid",
    mixinStandardHelpOptions = true,
    version = "braid " + Braid.VERSION,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    description = "Trains and applies neural networks on a Spark cluster.",
    subcommands = {
      TrainJob.class,
      DescribeJob.class,
      AugmentJob.class,
      EvaluateJob.class,
      CompareJob.class,
      SampleJob.class,
      GradcheckJob.class,
      AnchorsJob.class,
      ConvertJob.class,
      EmbedJob.class,
      NeighboursJob.class,
      AnalogyJob.class,
      EmbedEvalJob.class,
      TsneJob.class,
      PlanJob.class,
      DoctorJob.class,
      InferJob.class,
      ScheduleJob.class,
    })
public final class Braid implements Runnable {
  static final String VERSION = "0.1.0";

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace when something fails.")
  private boolean verbose;

  @Spec private CommandSpec spec;

  /**
   * Runs a job and ends the JVM with its exit code.
   *
   * <p>Where a cluster runs the driver, the process is Spark's: it takes a call of exit for a
   * failure, and is told the exit code by an exception.
   */
  public static void main(String[] arguments) throws SparkUserAppException {
    Locale.setDefault(Locale.ROOT); // numbers look the same everywhere
    int exitCode = run(System.out, System.err, arguments);
    if (!new SparkConf().get("spark.submit.deployMode", "client").equals("cluster")) {
      System.exit(exitCode);
    }
    if (exitCode != 0) {
      throw new SparkUserAppException(exitCode);
    }
  }

  /** Runs a job. */
  static int run(PrintStream out, PrintStream err, String... arguments) {
    Braid braid = new Braid();
    try (PrintWriter lines = new PrintWriter(out, true, StandardCharsets.UTF_8);
        PrintWriter complaints = new PrintWriter(err, true, StandardCharsets.UTF_8)) {
      CommandLine line =
          new CommandLine(braid)
              .setOut(lines)
              .setErr(complaints)
              .setExecutionExceptionHandler((e, command, parsed) -> braid.failed(e, command))
              .setParameterExceptionHandler(Braid::misused)
              .setCaseInsensitiveEnumValuesAllowed(true);
      try {
        return line.execute(arguments);
      } catch (Error e) { // picocli handles exceptions only
        return braid.failed(e, line);
      }
    }
  }

  /** Without a job: what jobs there are. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private int failed(Throwable e, CommandLine line) {
    int exitCode = ExitCode.of(e);
    String message = words(e);
    line.getErr().println("braid: " + message.lines().findFirst().orElse(message));
    if (verbose) {
      e.printStackTrace(line.getErr());
    } else if (exitCode == ExitCode.FAILED) {
      rootOf(e, message).ifPresent(root -> line.getErr().println("braid: because of " + root));
      line.getErr().println("braid: --verbose shows where it happened");
    }
    return exitCode;
  }

  /** Errors of Java say too little by their messages, such as the name of a class alone. */
  private static String words(Throwable e) {
    if (e instanceof LinkageError) {
      return "a class or a native library is missing or does not fit: %s; look at the jars on the classpath"
          .formatted(e);
    }
    return e.getMessage() == null || e instanceof Error ? e.toString() : e.getMessage();
  }

  /** What lies beneath an exception, where its message does not say so already. */
  private static Optional<String> rootOf(Throwable e, String message) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String said = root.getMessage() == null ? "" : root.getMessage().lines().findFirst().orElse("");
    return root == e || said.isEmpty() || message.lines().findFirst().orElse("").contains(said)
        ? Optional.empty()
        : Optional.of(root.getClass().getSimpleName() + ": " + said);
  }

  private static int misused(CommandLine.ParameterException e, String[] arguments) {
    CommandLine line = e.getCommandLine();
    line.getErr().println("braid: " + e.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(e, line.getErr());
    line.getErr().println("braid: see " + line.getCommandSpec().qualifiedName() + " --help");
    return 2;
  }
}
