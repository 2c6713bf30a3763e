package dev.braid.jobs.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.SparkSession;

/**
 * What a run has left in its folder, as lines of text: hashes of models, vectors, predictions and
 * of what was measured in each round, and the numbers of its summary; no times, no paths.
 */
final class Leavings {
  private static final JsonMapper JSON = new JsonMapper();

  private final Path data;
  private final Path folder;

  /**
   * The leavings in a folder.
   *
   * @param data the folder of the data, whose place must not count
   */
  Leavings(Path data, Path folder) {
    this.data = data;
    this.folder = folder;
  }

  /** All that can be said of them without Spark. */
  List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path file : files(path -> !path.toString().contains("/checkpoints/"))) {
      String name = file.getFileName().toString();
      if (name.equals("model.zip")) {
        lines.addAll(model(file));
      } else if (name.equals("metrics.jsonl")) {
        lines.add("metrics.jsonl " + sha256(timeless(file)));
      } else if (name.matches("(summary|evaluation)\\.json")) {
        numbers("", JSON.readTree(file.toFile()), lines);
      } else if (name.matches("vectors.*\\.(bin|txt)|.*\\.(pt|tsv|png|svg)")) {
        lines.add(name + " " + sha256(Files.readAllBytes(file)));
      }
    }
    lines.addAll(parts("predictions", ".*\\.(csv|json)"));
    lines.addAll(parts("quarantine", "part-.*"));
    return lines;
  }

  /** The rows of its Parquet files. */
  List<String> rows(SparkSession spark) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String name : List.of("predictions", "vectors.parquet")) {
      Path table = folder.resolve(name);
      boolean parquet =
          Files.exists(table) && !files(f -> f.toString().matches(".*/part-.*parquet")).isEmpty();
      if (parquet) {
        lines.add(table(name, spark.read().parquet("" + table)));
      }
    }
    return lines;
  }

  /** A table's number of rows and the hash of them, whatever their order. */
  static String table(String name, Dataset<?> table) {
    List<String> rows = table.toJSON().collectAsList().stream().sorted().toList();
    return "%s of %d rows %s".formatted(name, rows.size(), sha256(bytes(rows)));
  }

  private List<Path> files(Predicate<Path> wanted) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).filter(wanted).sorted().toList();
    }
  }

  /** Hashes of all entries but those in JSON, whose form may change. */
  static List<String> model(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        if (!entry.getName().endsWith(".json")) {
          try (InputStream in = zip.getInputStream(entry)) {
            lines.add(entry.getName() + " " + sha256(in.readAllBytes()));
          }
        }
      }
    }
    return lines;
  }

  private static boolean isTime(String key) {
    return key.endsWith("econds") || key.endsWith("PerSecond");
  }

  private static byte[] timeless(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      ObjectNode node = (ObjectNode) JSON.readTree(line);
      List<String> keys = new ArrayList<>();
      node.fieldNames().forEachRemaining(keys::add);
      keys.stream().filter(Leavings::isTime).forEach(node::remove);
      lines.add(node.toString());
    }
    return bytes(lines);
  }

  private static void numbers(String path, JsonNode node, List<String> lines) {
    if (node.isObject()) {
      node.fields()
          .forEachRemaining(
              field -> {
                if (!isTime(field.getKey())) {
                  numbers(path + "." + field.getKey(), field.getValue(), lines);
                }
              });
    } else {
      lines.add(path.substring(1) + " " + node);
    }
  }

  /** The lines of all files of this kind, in the order of their parts. */
  private List<String> parts(String name, String pattern) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path file :
        files(f -> f.startsWith(folder.resolve(name)) && ("" + f.getFileName()).matches(pattern))) {
      for (String line : Files.readAllLines(file)) {
        lines.add(line.replace("" + data, "DATA"));
      }
    }
    return lines.isEmpty()
        ? List.of()
        : List.of("%s of %d lines %s".formatted(name, lines.size(), sha256(bytes(lines))));
  }

  private static byte[] bytes(List<String> lines) {
    return String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
