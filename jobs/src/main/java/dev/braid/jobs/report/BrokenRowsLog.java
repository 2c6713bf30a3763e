package dev.braid.jobs.report;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.data.RowsLeftOut;
import dev.braid.driver.source.row.Problem;
import dev.braid.driver.training.TrainingListener;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;

/**
 * The rows that a training has left out, as {@code broken.jsonl} in the run's folder: an object per
 * row with its source, its place and the reason, and one that says how many of a source are not
 * listed where they are more than are kept. It is there only where rows were left out.
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
        write(of(rows).put("place", row.place()).put("reason", row.reason()), file);
      }
      if (numNotListed(rows) > 0) {
        write(of(rows).put("notListed", numNotListed(rows)), file);
      }
    }
  }

  private static ObjectNode of(RowsLeftOut rows) {
    return JSON.createObjectNode().put("source", rows.part());
  }

  private static void write(ObjectNode line, OutputStream file) throws IOException {
    file.write(JSON.writeValueAsBytes(line));
    file.write('\n');
  }

  private static long numNotListed(RowsLeftOut rows) {
    return rows.count() - rows.first().size();
  }

  /** What a person is told of a source's rows. */
  static String sentence(RowsLeftOut rows) {
    return String.format(
        Locale.ROOT,
        "%s; %s in %s",
        words(rows),
        numNotListed(rows) == 0 ? "they are" : "the first %,d are".formatted(rows.first().size()),
        NAME);
  }

  /** How many rows of a source there are. */
  public static String words(RowsLeftOut rows) {
    return String.format(
        Locale.ROOT,
        "%s: %,d of %,d rows cannot be used and are left out",
        rows.part(),
        rows.count(),
        rows.count() + rows.numExamples());
  }
}
