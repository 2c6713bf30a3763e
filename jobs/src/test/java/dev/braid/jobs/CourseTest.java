package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.settings.JobFile;
import dev.braid.jobs.settings.SettingsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The job files of the course and the page that lists them. */
class CourseTest {
  private static final Path COURSE = Checkout.root().resolve("conf/course");
  private static final long MOST_BYTES = 25 << 20;

  private static List<String> jobFiles() throws IOException {
    try (Stream<Path> files = Files.list(COURSE)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** All but those that begin with another one's run, of EntitiesTransferSparkTest. */
  private static List<String> firstJobFiles() throws IOException {
    List<String> first = new ArrayList<>(jobFiles());
    first.removeAll(List.of("wikigold.yaml", "ner.yaml"));
    return first;
  }

  /** Reads the heads of the data and plans the network: all but the training itself. */
  @ParameterizedTest
  @MethodSource("firstJobFiles")
  void jobFile_onAFreshClone_canBeTrained(String name) throws IOException {
    String text = Files.readString(COURSE.resolve(name));
    if (text.contains("../shared/")) {
      Checkout.shared("data");
    }
    String root = Checkout.root().toString();
    SettingsFile file =
        SettingsFile.of(
            name,
            text.replace("jobs/samples/", root + "/jobs/samples/")
                .replace("../shared/", root + "/../shared/"),
            List.of());
    Preparation.check(file, file.as(JobFile.class), new Configuration());
  }

  @Test
  void page_namesEveryJobFile() throws IOException {
    String page = Files.readString(Checkout.root().resolve("docs/course.md"));
    Set<String> named =
        Pattern.compile("conf/course/([a-z0-9-]+\\.yaml)")
            .matcher(page)
            .results()
            .map(match -> match.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(new TreeSet<>(jobFiles()), named);
  }

  @Test
  void samples_ofAllTheCourse_areSmallAndHaveTheirLicence() throws IOException {
    long bytes = 0;
    try (Stream<Path> folders = Files.list(Checkout.root().resolve("jobs/samples"))) {
      for (Path sample : folders.toList()) {
        try (Stream<Path> files = Files.walk(sample)) {
          bytes +=
              files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        }
        assertTrue(Files.exists(sample.resolve("README.md")), sample + " has no README.md");
      }
    }
    assertTrue(bytes <= MOST_BYTES, "samples of %,d bytes".formatted(bytes));
  }
}
