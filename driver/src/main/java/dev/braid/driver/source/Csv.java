package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.univocity.parsers.csv.CsvParser;
import dev.braid.driver.source.SourceFacts.Input;
import java.io.IOException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * A table in CSV files: one example per row, inputs are numbers.
 *
 * @param path a file, a folder or a wildcard
 * @param header whether each file begins with the columns' names; true by default
 * @param separator between two fields; a comma by default
 * @param label the column to predict, by name or number (from 0, or from -1 backwards); several for
 *     several numbers, properties or time steps
 * @param features the columns that are inputs, by name, number or range ({@code first..last}); by
 *     default all others
 * @param inputShape what a row's features are taken for; by default [their number]
 * @param inputs instead of features and inputShape, by name, for a network of several inputs
 * @param outputs instead of label, by name, for a network of several outputs
 */
public record Csv(
    String path,
    Boolean header,
    String separator,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> label,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> features,
    List<Integer> inputShape,
    Map<String, NamedInput> inputs,
    Map<String, NamedOutput> outputs)
    implements Source {

  public Csv {
    header = header == null || header;
    separator = separator == null ? "," : separator;
    require(!separator.isEmpty(), "separator must not be empty");
    TableColumns.of(label, features, inputShape, inputs, outputs); // what is said twice is refused
  }

  /** A table of one input and one label. */
  public Csv(
      String path,
      Boolean header,
      String separator,
      List<String> label,
      List<String> features,
      List<Integer> inputShape) {
    this(path, header, separator, label, features, inputShape, null, null);
  }

  private TableColumns wanted() {
    return TableColumns.of(label, features, inputShape, inputs, outputs);
  }

  @Override
  public SourceFacts inspect(Inspection inspection) {
    List<FileStatus> files = inspection.files("csv.path", path);
    List<String> names = names(inspection, files.get(0));
    TableColumns wanted = wanted();
    Columns columns = Columns.find(inspection.setting() + ".csv", names, wanted);
    List<Input> found = wanted.inputs(columns.inputs().stream().map(List::size).toList());
    List<LabelScan> labels =
        LabelScan.of(inspection, wanted, columns.outputs().stream().map(List::size).toList());
    CsvFields fields = new CsvFields(names, columns, wanted.maskedSteps());
    long left = inspection.maxBytes();
    long count = 0;
    boolean complete = true;
    for (FileStatus file : files) {
      try (CsvFile rows = open(inspection, file, names)) {
        String[] row = rows.next();
        for (; row != null && rows.numChars() <= left; row = rows.next()) {
          check(row, fields, labels, rows);
          count++;
        }
        complete = complete && row == null;
        left -= rows.numChars();
      } catch (IOException e) {
        throw Inspection.unreadable(file.getPath().toString(), e);
      }
    }
    boolean seenAll = complete;
    return new SourceFacts(
        found,
        labels.stream().map(scan -> scan.labels(seenAll)).toList(),
        complete ? OptionalLong.of(count) : OptionalLong.empty());
  }

  private List<String> names(Inspection inspection, FileStatus file) {
    try (CsvFile rows = new CsvFile(inspection, file, new CsvParsing(separator))) {
      if (header) {
        List<String> header = rows.header();
        require(
            !allNumbers(header),
            "%s: the header is nothing but numbers; if the file has none, set header to false",
            rows.place());
        return header;
      }
      String[] first = rows.next();
      require(first != null, "%s is empty", rows.name());
      return numbers(first.length);
    } catch (IOException e) {
      throw Inspection.unreadable(file.getPath().toString(), e);
    }
  }

  /** Names 0, 1, 2, ... are what some programs write, and no sign of a missing header. */
  private static boolean allNumbers(List<String> header) {
    return header.stream().allMatch(Labels::isNumber) && !header.equals(numbers(header.size()));
  }

  private static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(String::valueOf).toList();
  }

  /** A file whose header has been read and compared with the first file's. */
  private CsvFile open(Inspection inspection, FileStatus file, List<String> names)
      throws IOException {
    CsvFile rows = new CsvFile(inspection, file, new CsvParsing(separator));
    if (header) {
      List<String> own = rows.header();
      require(
          own.equals(names),
          "%s: the header differs from the first file's: %s instead of %s",
          rows.place(),
          own,
          names);
    }
    return rows;
  }

  private static void check(String[] row, CsvFields fields, List<LabelScan> labels, CsvFile rows) {
    try {
      fields.requireAll(row);
      for (int i = 0; i < fields.numFeatures(); i++) {
        fields.feature(row, i);
      }
      for (int i = 0; i < fields.numLabels(); i++) {
        String label = fields.label(row, i);
        labels.get(fields.output(i)).add(label, fields.labelName(i));
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s: %s%s"
              .formatted(
                  rows.place(),
                  e.getMessage(),
                  rows.isFirst() ? "; if this row is a header, set header to true" : ""),
          e);
    }
  }

  @Override
  public SourceFacts complete(SparkSession spark, SourceFacts facts) {
    if (facts.outputs().stream().noneMatch(Labels::isOpen)) {
      return facts;
    }
    CsvParsing parsing = new CsvParsing(separator);
    CsvFields fields = fields(spark);
    boolean skipHeaders = header;
    List<Tuple2<Integer, String>> classes =
        lines(spark)
            .mapPartitions(lines -> labels(lines, parsing, new CsvHeaders(skipHeaders), fields))
            .distinct()
            .collect();
    return facts.withClasses(
        output -> classes.stream().filter(c -> c._1() == output).map(Tuple2::_2).toList());
  }

  private static Iterator<Tuple2<Integer, String>> labels(
      Iterator<Row> lines, CsvParsing parsing, CsvHeaders headers, CsvFields fields) {
    CsvParser parser = parsing.parser();
    Set<Tuple2<Integer, String>> labels = new HashSet<>();
    while (lines.hasNext()) {
      Row line = lines.next();
      if (!headers.isSkipped(line)) {
        labels.addAll(fields.labels(CsvParsing.fields(parser, line.getString(0))));
      }
    }
    return labels.iterator();
  }

  @Override
  public Examples read(SparkSession spark, SourceFacts facts) {
    CsvParsing parsing = new CsvParsing(separator);
    CsvFields fields = fields(spark);
    boolean skipHeaders = header;
    List<Labels> known = facts.outputs();
    int rowBytes = facts.layout().numBytes();
    Inspection whole = Inspection.ofAll(spark.sparkContext().hadoopConfiguration(), facts);
    return Examples.of(
        lines(spark),
        facts.layout(),
        () -> new CsvEncoder(parsing, skipHeaders, fields, known, rowBytes),
        () -> inspect(whole));
  }

  private CsvFields fields(SparkSession spark) {
    Inspection inspection = Inspection.of(spark.sparkContext().hadoopConfiguration());
    List<String> names = names(inspection, inspection.files("csv.path", path).get(0));
    TableColumns wanted = wanted();
    return new CsvFields(names, Columns.find("data.csv", names, wanted), wanted.maskedSteps());
  }

  /**
   * (line, file, where its block begins in the file). Spark's CSV reader would make an object of
   * every field, which took three times as long, and would read a bad row as nulls.
   */
  private JavaRDD<Row> lines(SparkSession spark) {
    return spark
        .read()
        .option("recursiveFileLookup", true)
        .text(path)
        .select("value", "_metadata.file_path", "_metadata.file_block_start")
        .toJavaRDD();
  }
}
