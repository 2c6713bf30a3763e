package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.SourceFacts.Input;
import dev.braid.worker.data.RowLayout.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Examples in the format of libsvm: {@code label index:value index:value ...} per line, indices
 * from 1 upwards, what is left out being 0. The numbers left out are filled in: meant for some
 * thousands of features, not for millions.
 *
 * @param path a file, a folder or a wildcard
 * @param numFeatures how many features there are; by default the largest index, which must then be
 *     found in the first 16 MB
 * @param inputShape what the features are taken for; by default [their number]
 */
public record Libsvm(String path, Integer numFeatures, List<Integer> inputShape) implements Source {
  private static final Pattern SPACES = Pattern.compile("\\s+");

  public Libsvm {
    require(
        numFeatures == null || numFeatures > 0,
        "libsvm.numFeatures must be at least 1, got %s",
        numFeatures);
  }

  @Override
  public SourceFacts inspect(Inspection inspection) {
    Scan scan = new Scan(inspection, limit(inspection));
    for (FileStatus file : inspection.files("libsvm.path", path)) {
      scan.read(file);
    }
    require(
        scan.complete || scan.limit < Integer.MAX_VALUE,
        "%s.libsvm.numFeatures is missing: %s holds more than %d MB, too much to look for the"
            + " largest index",
        inspection.setting(),
        path,
        inspection.maxBytes() >> 20);
    int width = scan.limit < Integer.MAX_VALUE ? scan.limit : Math.max(1, scan.maxIndex);
    return new SourceFacts(
        List.of(Input.of(inputShape, width, Kind.FLOAT)),
        scan.labels.labels(scan.complete),
        scan.complete ? OptionalLong.of(scan.count) : OptionalLong.empty());
  }

  /** The number of features where it is set, or known from the training examples. */
  private int limit(Inspection inspection) {
    if (numFeatures != null) {
      return numFeatures;
    }
    return inspection.training().map(t -> t.inputs().get(0).width()).orElse(Integer.MAX_VALUE);
  }

  @Override
  public SourceFacts complete(SparkSession spark, SourceFacts facts) {
    if (!facts.labels().isOpen()) {
      return facts;
    }
    List<String> classes =
        table(spark, facts).select("label").distinct().collectAsList().stream()
            .map(row -> Labels.name(row.getDouble(0)))
            .toList();
    return facts.withLabels(Labels.ofClasses(1, classes));
  }

  @Override
  public Examples read(SparkSession spark, SourceFacts facts) {
    RowEncoder encoder =
        new RowEncoder(path, facts, List.of(List.of("features")), List.of(List.of("label")));
    Inspection whole = Inspection.ofAll(spark.sparkContext().hadoopConfiguration(), facts);
    return Examples.of(
        table(spark, facts).select("features", "label").toJavaRDD(),
        facts.layout(),
        () -> encoder,
        () -> inspect(whole));
  }

  private Dataset<Row> table(SparkSession spark, SourceFacts facts) {
    return spark
        .read()
        .format("libsvm")
        .option("numFeatures", facts.inputs().get(0).width())
        .option("recursiveFileLookup", true)
        .load(path);
  }

  /** A look at the lines, one after another. */
  private static final class Scan {
    final LabelScan labels;
    final int limit;
    boolean complete = true;
    long count;
    int maxIndex;
    private final Inspection inspection;
    private long left;

    Scan(Inspection inspection, int limit) {
      this.inspection = inspection;
      this.labels = new LabelScan(inspection, 1);
      this.limit = limit;
      this.left = inspection.maxBytes();
    }

    void read(FileStatus file) {
      String name = file.getPath().toString();
      try (BufferedReader lines = inspection.text(file)) {
        long row = 0;
        String line = lines.readLine();
        for (; line != null && left > 0; line = lines.readLine()) {
          left -= line.length() + 1;
          row++;
          String text = line.strip();
          if (!text.isEmpty() && !text.startsWith("#")) {
            check(SPACES.split(text), name + ", row " + row);
          }
        }
        complete = complete && line == null;
      } catch (IOException e) {
        throw Inspection.unreadable(name, e);
      }
    }

    private void check(String[] parts, String place) {
      require(Labels.isNumber(parts[0]), "%s: the label '%s' is not a number", place, parts[0]);
      labels.add(Labels.name(Double.parseDouble(parts[0])), place);
      int last = 0;
      for (int i = 1; i < parts.length; i++) {
        int index = index(parts[i], place);
        require(
            index > last,
            "%s: index %d follows %d; indices begin at 1 and must ascend",
            place,
            index,
            last);
        require(index <= limit, "%s: index %d is beyond the %d features", place, index, limit);
        last = index;
      }
      maxIndex = Math.max(maxIndex, last);
      count++;
    }

    private static int index(String part, String place) {
      int colon = part.indexOf(':');
      require(
          colon > 0
              && part.substring(0, colon).matches("\\d{1,9}")
              && Labels.isNumber(part.substring(colon + 1)),
          "%s: '%s' is not index:value",
          place,
          part);
      return Integer.parseInt(part.substring(0, colon));
    }
  }
}
