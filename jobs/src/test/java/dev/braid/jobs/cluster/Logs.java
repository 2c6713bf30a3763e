package dev.braid.jobs.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What drivers and executors in processes of their own have written. */
final class Logs {
  private static final int LINES = 60;

  private Logs() {}

  /** The last lines of each {@code stderr} and {@code stdout} in a folder. */
  static String under(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches("stderr|stdout"))
          .map(Logs::tail)
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String tail(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      int from = Math.max(0, lines.size() - LINES);
      return "== " + file + "\n" + String.join("\n", lines.subList(from, lines.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
