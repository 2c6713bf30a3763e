package dev.braid.jobs.report;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.driver.data.RowsLeftOut;
import dev.braid.driver.source.Problem;
import dev.braid.driver.training.EpochReport;
import dev.braid.driver.training.RoundReport;
import dev.braid.driver.training.TrainingListener;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * The rows that a training has left out, as {@code broken.jsonl} in the run's folder: an object per
 * row with its source, its place and the reason. It is there only where rows were left out.
 *
 * @param folder of the run
 * @param out the terminal, which is told how many they are
 */
public record BrokenRowsLog(RunFolder folder, PrintWriter out) implements TrainingListener {
  private static final String NAME = "broken.jsonl";
  private static final JsonMapper JSON = new JsonMapper();

  @Override
  public void rowsLeftOut(List<RowsLeftOut> sources) {
    folder.write(NAME, file -> write(sources, file));
    for (RowsLeftOut rows : sources) {
      out.printf(
          Locale.ROOT,
          "%s: %,d of %,d rows cannot be used and are left out; %s in %s%n",
          rows.part(),
          rows.count(),
          rows.count() + rows.numExamples(),
          rows.first().size() == rows.count()
              ? "they are"
              : "the first %,d are".formatted(rows.first().size()),
          NAME);
    }
    out.flush();
  }

  private static void write(List<RowsLeftOut> sources, OutputStream file) throws IOException {
    for (RowsLeftOut rows : sources) {
      for (Problem row : rows.first()) {
        file.write(
            JSON.writeValueAsBytes(
                JSON.createObjectNode()
                    .put("source", rows.part())
                    .put("place", row.place())
                    .put("reason", row.reason())));
        file.write('\n');
      }
    }
  }

  @Override
  public void round(RoundReport report) {}

  @Override
  public void epoch(EpochReport report) {}
}
