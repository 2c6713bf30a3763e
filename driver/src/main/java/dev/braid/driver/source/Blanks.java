package dev.braid.driver.source;

import dev.braid.driver.source.column.TableColumns;
import dev.braid.driver.source.row.Lines;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.hadoop.conf.Configuration;

/**
 * Lines of numbers with blanks between them: the label, then the features.
 *
 * @param path a file, a folder or a wildcard
 * @param inputShape the shape of a line's features
 */
public record Blanks(String path, List<Integer> inputShape) implements Unnamed {
  private static final String FEATURES = "features";

  @Override
  public String feature() {
    return FEATURES;
  }

  @Override
  public Parts.Reader<Object[]> reader(Configuration hadoop, Selection selection) {
    return new Lines<>(false, (part, conf) -> (line, file, row) -> row(line, file, row, selection));
  }

  private static Placed<Object[]> row(
      String line, String file, LongSupplier row, Selection selection) {
    String[] parts = line.strip().split("\\s+");
    float[] features = new float[parts.length - 1];
    for (int i = 0; i < features.length; i++) {
      features[i] = Float.parseFloat(parts[i + 1]);
    }
    Object label = Double.valueOf(parts[0]);
    return Placed.sound(
        file, row, selection.row(name -> name.equals(TableColumns.LABEL) ? label : features));
  }
}
