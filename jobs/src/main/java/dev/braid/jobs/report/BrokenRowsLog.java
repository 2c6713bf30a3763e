package dev.braid.jobs.report;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.driver.data.RowsLeftOut;
import dev.braid.driver.source.Problem;
import dev.braid.driver.training.EpochReport;
import dev.braid.driver.training.RoundReport;
import dev.braid.driver.training.TrainingListener;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * The rows that a training has left out, as {@code broken.jsonl} in the run's folder: an object per
 * row with its source, its place and the reason. It is there only where rows were left out.
 *
 * @param folder of the run
 */
public record BrokenRowsLog(RunFolder folder) implements TrainingListener {
  static final String NAME = "broken.jsonl";
  private static final JsonMapper JSON = new JsonMapper();

  @Override
  public void rowsLeftOut(List<RowsLeftOut> sources) {
    folder.write(NAME, file -> write(sources, file));
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
