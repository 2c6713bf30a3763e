package dev.braid.jobs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.machine.JvmFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The flags of a JVM are written in three places: they say the same. */
class SparkDefaultsTest {
  private static Set<String> launcher() throws IOException {
    Set<String> flags = new TreeSet<>();
    for (String line : Files.readAllLines(SparkHome.root().resolve("conf/jvm.options"))) {
      if (!line.isBlank() && !line.startsWith("#")) {
        flags.add(line.strip());
      }
    }
    return flags;
  }

  private static Set<String> option(String key) throws IOException {
    return new TreeSet<>(List.of(SparkHome.defaults().getProperty(key).split(" ", -1)));
  }

  @Test
  void driversHaveTheLaunchersFlags_theVectorApiAmongThem() throws IOException {
    assertTrue(launcher().contains("--add-modules=" + JvmFlags.VECTOR));
    assertEquals(launcher(), option("spark.driver.extraJavaOptions"));
  }

  @Test
  void executorsHaveAllButWhatSparkAddsItself() throws IOException {
    Set<String> expected = option("spark.driver.extraJavaOptions");
    expected.removeIf(flag -> flag.startsWith("--add-opens"));
    assertEquals(expected, option("spark.executor.extraJavaOptions"));
  }

  @Test
  void allPackagesThatTheDoctorLooksAt_areOpened() throws IOException {
    for (String name : JvmFlags.OPENED) {
      assertTrue(launcher().contains(JvmFlags.opening(name)), name);
    }
    assertEquals(
        JvmFlags.OPENED.size(),
        launcher().stream().filter(f -> f.startsWith("--add-opens")).count());
  }

  @Test
  void profiles_holdOnlySettingsOfSpark_eachWithAComment() throws IOException {
    try (var files = Files.list(SparkHome.root().resolve("conf/cluster"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".conf")).toList()) {
        boolean explained = false;
        for (String line : Files.readAllLines(file)) {
          if (line.startsWith("#")) {
            explained = true;
          } else if (!line.isBlank()) {
            assertTrue(line.matches("spark\\.[A-Za-z.0-9]+\\s+\\S.*"), file + ": " + line);
            assertTrue(explained, file + " does not explain: " + line);
            explained = false;
          }
        }
      }
    }
  }
}
