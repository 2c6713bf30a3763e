package dev.braid.jobs;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What a command line gives, run in this JVM by what {@code main} runs.
 *
 * @param exitCode 0 done, 1 failed, 2 wrong settings
 * @param out what went to stdout
 * @param err what went to stderr
 */
public record CommandLineRun(int exitCode, String out, String err) {
  /** Runs a command. */
  public static CommandLineRun braid(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        Braid.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            arguments);
    return new CommandLineRun(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
