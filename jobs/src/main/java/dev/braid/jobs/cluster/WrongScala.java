package dev.braid.jobs.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;

/** Executors that end at once because another Scala lies on their classpath. */
final class WrongScala {
  private static final Pattern LIBRARY =
      Pattern.compile("scala-library-(\\d+\\.\\d+\\.\\d+).*\\.jar");
  private static final List<String> CLASSPATHS =
      List.of("spark.executor.extraClassPath", "spark.jars", "spark.yarn.dist.jars");

  private WrongScala() {}

  static String fix(String version) {
    return "take scala-library-"
        + version
        + ".jar and whatever is named *_"
        + version.replaceFirst("\\.\\d+$", "")
        + "-*.jar off the executors' classpath (spark.executor.extraClassPath, spark.jars, their"
        + " jars folder), or submit to a Spark built for Scala 2.12";
  }

  /** A Scala other than {@code ours} that the settings put on the executors' classpath. */
  static Optional<Finding> inSettings(SparkConf conf, String ours) {
    for (String key : CLASSPATHS) {
      for (String entry : conf.get(key, "").split("[" + File.pathSeparator + ",]", -1)) {
        Optional<String> version = versionAt(entry);
        if (version.isPresent() && !version.get().equals(ours)) {
          return Optional.of(
              Finding.bad(
                  "executors: %s puts Scala %s on their classpath, but Spark and Braid are of Scala %s"
                      .formatted(key, version.get(), ours),
                  "--conf " + key + "=" + without(conf.get(key), entry),
                  fix(version.get())));
        }
      }
    }
    return Optional.empty();
  }

  private static String without(String classpath, String entry) {
    return classpath
        .replace(entry, "")
        .replaceAll("^[:,]|[:,]$", "")
        .replaceAll("([:,])[:,]", "$1");
  }

  private static Optional<String> versionAt(String entry) {
    Path path = Path.of(entry.replaceFirst("^(file|local):", "").replaceFirst("/\\*$", ""));
    if (!Files.isDirectory(path)) {
      return version(path);
    }
    try (Stream<Path> files = Files.list(path)) {
      return files.map(WrongScala::version).flatMap(Optional::stream).findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> version(Path jar) {
    Path name = jar.getFileName();
    Matcher matcher = LIBRARY.matcher(name == null ? "" : name.toString());
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
