package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonFormat;
import dev.braid.driver.source.SourceFacts.Input;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.data.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

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
 */
public record Csv(
    String path,
    Boolean header,
    String separator,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> label,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> features,
    List<Integer> inputShape)
    implements Source {
  private static final String CORRUPT = "_corrupt_record";

  public Csv {
    header = header == null || header;
    separator = separator == null ? "," : separator;
    require(!separator.isEmpty(), "separator must not be empty");
  }

  /** Settings of Spark's reader, and of ours, which checks the same files row by row. */
  private Map<String, String> options() {
    return Map.of(
        "header",
        String.valueOf(header),
        "sep",
        separator,
        "ignoreLeadingWhiteSpace",
        "true",
        "ignoreTrailingWhiteSpace",
        "true",
        "columnPruning",
        "false",
        "maxColumns",
        String.valueOf(1 << 20),
        "recursiveFileLookup",
        "true",
        "columnNameOfCorruptRecord",
        CORRUPT);
  }

  @Override
  public SourceFacts inspect(Inspection inspection) {
    List<FileStatus> files = inspection.files("csv.path", path);
    List<String> names = names(inspection, files.get(0));
    Columns columns = Columns.find(inspection.setting() + ".csv", names, features, label);
    Input input = Input.of(inputShape, columns.features().size(), Kind.FLOAT);
    LabelScan labels = new LabelScan(inspection, columns.labels().size());
    long left = inspection.maxBytes();
    long count = 0;
    boolean complete = true;
    for (FileStatus file : files) {
      try (CsvFile rows = open(inspection, file, names)) {
        String[] row = rows.next();
        for (; row != null && rows.numChars() <= left; row = rows.next()) {
          check(row, names, columns, labels, rows);
          count++;
        }
        complete = complete && row == null;
        left -= rows.numChars();
      } catch (IOException e) {
        throw Inspection.unreadable(file.getPath().toString(), e);
      }
    }
    return new SourceFacts(
        List.of(input),
        labels.labels(complete),
        complete ? OptionalLong.of(count) : OptionalLong.empty());
  }

  private List<String> names(Inspection inspection, FileStatus file) {
    try (CsvFile rows = new CsvFile(inspection, file, options())) {
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
    CsvFile rows = new CsvFile(inspection, file, options());
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

  private void check(
      String[] row, List<String> names, Columns columns, LabelScan labels, CsvFile rows) {
    if (row.length != names.size()) {
      throw new IllegalArgumentException(
          "%s: %d fields, expected %d".formatted(rows.place(), row.length, names.size()));
    }
    for (int i : columns.features()) {
      String problem = numberProblem(row[i]);
      if (problem != null) {
        throw new IllegalArgumentException(
            "%s: column '%s' %s%s"
                .formatted(
                    rows.place(),
                    names.get(i),
                    problem,
                    rows.isFirst() ? "; if this row is a header, set header to true" : ""));
      }
    }
    for (int i : columns.labels()) {
      if (row[i] != null) {
        labels.add(row[i], rows.place() + ": column '" + names.get(i) + "'");
      } else {
        require(
            columns.labels().size() > 1,
            "%s: column '%s': the label is empty",
            rows.place(),
            names.get(i));
      }
    }
  }

  private static String numberProblem(String field) {
    if (field == null) {
      return "is empty";
    }
    try {
      float number = Float.parseFloat(field);
      return Float.isFinite(number) ? null : "is not finite: " + field;
    } catch (NumberFormatException e) {
      return "holds '%s', which is not a number".formatted(field);
    }
  }

  @Override
  public SourceFacts complete(SparkSession spark, SourceFacts facts) {
    if (!facts.labels().isOpen()) {
      return facts;
    }
    List<String> names = names(spark);
    Columns columns = Columns.find("data.csv", names, features, label);
    Dataset<Row> table = table(spark, facts.labels().task(), names.size(), columns);
    List<String> classes = new ArrayList<>();
    for (int i : columns.labels()) {
      for (Row row : table.select("c" + i).distinct().collectAsList()) {
        if (!row.isNullAt(0)) {
          classes.add(row.getString(0));
        }
      }
    }
    return facts.withLabels(Labels.ofClasses(facts.labels().width(), classes));
  }

  @Override
  public Examples read(SparkSession spark, SourceFacts facts) {
    List<String> names = names(spark);
    Columns columns = Columns.find("data.csv", names, features, label);
    List<Column> selected = new ArrayList<>();
    columns.features().forEach(i -> selected.add(functions.col("c" + i)));
    columns.labels().forEach(i -> selected.add(functions.col("c" + i)));
    selected.add(functions.col(CORRUPT));
    Dataset<Row> table =
        table(spark, facts.labels().task(), names.size(), columns)
            .select(selected.toArray(Column[]::new));
    RowEncoder encoder =
        new RowEncoder(
            facts.layout(),
            facts.labels(),
            columns.features().stream().map(names::get).toList(),
            columns.labels().stream().map(names::get).toList());
    int corrupt = selected.size() - 1;
    String where = path;
    Inspection whole = Inspection.ofAll(spark.sparkContext().hadoopConfiguration(), facts);
    return Examples.of(
        table.toJavaRDD(),
        facts.layout(),
        row -> {
          require(row.isNullAt(corrupt), "not a sound row: %s", row.get(corrupt));
          return encoder.encode(row);
        },
        row -> where,
        () -> inspect(whole));
  }

  private List<String> names(SparkSession spark) {
    Inspection files = Inspection.of(spark.sparkContext().hadoopConfiguration());
    return names(files, files.files("csv.path", path).get(0));
  }

  /** Column i is called ci: any name may stand in a header. */
  private Dataset<Row> table(SparkSession spark, Task task, int numColumns, Columns columns) {
    DataType[] types = new DataType[numColumns];
    Arrays.fill(types, DataTypes.StringType);
    columns.features().forEach(i -> types[i] = DataTypes.FloatType);
    if (task != Task.CLASSIFICATION) {
      columns.labels().forEach(i -> types[i] = DataTypes.FloatType);
    }
    StructType schema = new StructType();
    for (int i = 0; i < numColumns; i++) {
      schema = schema.add("c" + i, types[i]);
    }
    return spark
        .read()
        .options(options())
        .schema(schema.add(CORRUPT, DataTypes.StringType))
        .csv(path);
  }
}
