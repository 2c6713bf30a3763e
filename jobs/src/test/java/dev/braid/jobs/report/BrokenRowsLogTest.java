package dev.braid.jobs.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.driver.data.RowsLeftOut;
import dev.braid.driver.source.row.Problem;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokenRowsLogTest {
  private static final List<RowsLeftOut> ROWS =
      List.of(
          new RowsLeftOut(
              "data.train",
              2,
              998,
              List.of(
                  new Problem("a.csv, row 7", "column 'x' is empty", 1),
                  new Problem("pictures/\"b\".png", "not an image", 1))),
          new RowsLeftOut("data.test", 12_000, 100_000, List.of(new Problem("c.csv", "no", 1))));

  @TempDir private Path folder;

  @Test
  void rowsLeftOut_areListed_withPlaceAndReason() throws IOException {
    RunFolder run = RunFolder.create(folder.resolve("run").toString(), new Configuration());
    new BrokenRowsLog(run).rowsLeftOut(ROWS);
    assertEquals(
        List.of(
            "{\"source\":\"data.train\",\"place\":\"a.csv, row 7\",\"reason\":\"column 'x' is"
                + " empty\"}",
            "{\"source\":\"data.train\",\"place\":\"pictures/\\\"b\\\".png\",\"reason\":\"not an"
                + " image\"}",
            "{\"source\":\"data.test\",\"place\":\"c.csv\",\"reason\":\"no\"}",
            "{\"source\":\"data.test\",\"notListed\":11999}"),
        Files.readAllLines(folder.resolve("run/broken.jsonl")));
  }

  @Test
  void rowsLeftOut_areCountedOnTheTerminal() {
    StringWriter terminal = new StringWriter();
    new TerminalProgress(new StatusLine(new PrintWriter(terminal), false, () -> 0))
        .rowsLeftOut(ROWS);
    assertEquals(
        List.of(
            "data.train: 2 of 1,000 rows cannot be used and are left out; they are in broken.jsonl",
            "data.test: 12,000 of 112,000 rows cannot be used and are left out; the first 1 are in"
                + " broken.jsonl"),
        terminal.toString().lines().toList());
  }
}
