package dev.braid.jobs.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
  private final Configuration hadoop = new Configuration();
  @TempDir private Path temp;

  @Test
  void write_leavesTheFileAndNothingElse() throws IOException {
    Path target = temp.resolve("new/run");
    RunFolder folder = RunFolder.create(target.toString(), hadoop);
    folder.write("summary.json", "{}");
    folder.write("summary.json", "{1}");
    try (OutputStream out = folder.open("metrics.jsonl")) {
      out.write('x');
    }
    assertEquals("{1}", Files.readString(target.resolve("summary.json")));
    try (Stream<Path> files = Files.list(target)) {
      assertEquals(
          List.of("metrics.jsonl", "summary.json"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void create_whereResultsAre_isRefused() {
    RunFolder.create(temp.toString(), hadoop).write("summary.json", "{}");
    assertEquals(
        temp + " already holds the results of a run; choose another --output",
        assertThrows(
                IllegalArgumentException.class, () -> RunFolder.create(temp.toString(), hadoop))
            .getMessage());
  }

  @Test
  void create_whereAFileIs_isRefused() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "");
    assertThrows(
        IllegalArgumentException.class,
        () -> RunFolder.create(file.resolve("run").toString(), hadoop));
  }
}
