package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import dev.braid.driver.files.FileContent;
import dev.braid.driver.source.column.TableColumns;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.driver.source.row.FilePart;
import dev.braid.driver.source.row.Lines;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import dev.braid.driver.source.table.TableExamples;
import dev.braid.worker.encoding.Values;
import dev.braid.worker.shape.Shape;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/**
 * A table in the format of libsvm: {@code label index:value index:value ...} per line, indices from
 * 1 upwards, what is left out being 0; what follows a # is a remark. The numbers left out are
 * filled in: meant for some thousands of features, not for millions. Its columns are called label
 * and features.
 *
 * @param path a file, a folder or a wildcard
 * @param numFeatures how many features there are; by default as many as a model was trained with,
 *     or the largest index, which must then be found in the first 16 MB
 * @param inputShape what the features are taken for; by default [their number]
 */
public record Libsvm(String path, Integer numFeatures, Shape inputShape) implements Unnamed {
  private static final Pattern SPACES = Pattern.compile("\\s+");
  private static final String FEATURES = "features";

  public Libsvm {
    require(
        numFeatures == null || numFeatures > 0,
        "libsvm.numFeatures must be at least 1, got %s",
        numFeatures);
  }

  @Override
  public String feature() {
    return FEATURES;
  }

  @Override
  public List<String> columns(Inspection inspection, FileStatus file) {
    return List.of(TableColumns.LABEL, FEATURES);
  }

  @Override
  public Libsvm ofShape(List<Integer> shape) {
    return of(SourceFacts.Input.width(shape));
  }

  private Libsvm of(int width) {
    return numFeatures == null ? new Libsvm(path, width, inputShape) : this;
  }

  @Override
  public SourceFacts inspect(Inspection inspection) {
    int width =
        numFeatures != null
            ? numFeatures
            : inspection
                .training()
                .map(training -> training.inputs().get(0).width())
                .orElseGet(() -> largestIndex(inspection));
    return new TableExamples(of(width)).inspect(inspection);
  }

  private int largestIndex(Inspection inspection) {
    int largest = 1;
    long left = inspection.maxBytes();
    Lines<Integer> lines = new Lines<>(false, (part, conf) -> Libsvm::largestIndex);
    for (FileStatus file : inspection.files("libsvm.path", path)) {
      try (Parts.Rows<Integer> rows = lines.open(FilePart.of(file), inspection.hadoop())) {
        for (Placed<Integer> row = rows.next(); row != null; row = rows.next()) {
          require(
              rows.numChars() <= left,
              "%s.libsvm.numFeatures is missing: %s holds more than %d MB, too much to look for the"
                  + " largest index",
              inspection.setting(),
              path,
              inspection.maxBytes() >> 20);
          largest = row.isBroken() ? largest : Math.max(largest, row.value());
        }
        left -= rows.numChars();
      } catch (IOException e) {
        throw FileContent.unreadable(file.getPath().toString(), e);
      }
    }
    return largest;
  }

  /** The largest index in a line, wherever it stands: that they ascend is not known yet. */
  private static Placed<Integer> largestIndex(String line, String file, LongSupplier row) {
    int largest =
        Arrays.stream(withoutRemark(line).split(" "))
            .skip(1)
            .mapToInt(Libsvm::index)
            .max()
            .orElse(0);
    return Placed.sound(file, row, largest);
  }

  /** What is to be read of a line, with one space between its parts. */
  private static String withoutRemark(String line) {
    int remark = line.indexOf('#');
    return SPACES.matcher(remark < 0 ? line : line.substring(0, remark)).replaceAll(" ").strip();
  }

  private static int index(String part) {
    int colon = part.indexOf(':');
    require(
        colon > 0
            && part.substring(0, colon).matches("\\d{1,9}")
            && Values.isNumber(part.substring(colon + 1)),
        "'%s' is not index:value",
        part);
    return Integer.parseInt(part.substring(0, colon));
  }

  @Override
  public Parts.Reader<Object[]> reader(Configuration hadoop, Selection selection) {
    int width = numFeatures;
    return new Lines<>(
        false, (part, conf) -> (line, file, row) -> row(line, file, row, selection, width));
  }

  /** The row in a line; null for a remark. */
  private static Placed<Object[]> row(
      String line, String file, LongSupplier row, Selection selection, int width) {
    String text = withoutRemark(line);
    if (text.isEmpty()) {
      return null;
    }
    String[] parts = text.split(" ");
    require(Values.isNumber(parts[0]), "the label '%s' is not a number", parts[0]);
    Object label = Double.parseDouble(parts[0]);
    float[] features = selection.all().contains(FEATURES) ? features(parts, width) : null;
    return Placed.sound(
        file, row, selection.row(name -> name.equals(TableColumns.LABEL) ? label : features));
  }

  private static float[] features(String[] parts, int width) {
    float[] features = new float[width];
    int last = 0;
    for (int i = 1; i < parts.length; i++) {
      int index = index(parts[i]);
      require(index > last, "index %d follows %d; indices begin at 1 and must ascend", index, last);
      require(index <= width, "index %d is beyond the %d features", index, width);
      features[index - 1] = Float.parseFloat(parts[i].substring(parts[i].indexOf(':') + 1));
      last = index;
    }
    return features;
  }
}
