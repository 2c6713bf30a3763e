package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonFormat;
import dev.braid.driver.source.SourceFacts.Input;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.parquet.example.data.Group;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * A table in Parquet files: one example per row. A column may hold a number, a list of numbers,
 * also nested, or a vector of Spark ML.
 *
 * @param path a file, a folder or a wildcard
 * @param label the column to predict, by name or number; several for several numbers, properties or
 *     time steps
 * @param features the columns that are inputs, by name, number or range ({@code first..last}); by
 *     default all others
 * @param inputShape what a row's features are taken for; by default [their number]
 * @param inputs instead of features and inputShape, by name, for a network of several inputs
 * @param outputs instead of label, by name, for a network of several outputs
 */
public record Parquet(
    String path,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> label,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> features,
    List<Integer> inputShape,
    Map<String, NamedInput> inputs,
    Map<String, NamedOutput> outputs)
    implements Source {
  /** Classes are looked for in this many rows before Spark starts; Spark finds them in more. */
  private static final long MAX_ROWS = 100_000;

  public Parquet {
    TableColumns.of(label, features, inputShape, inputs, outputs); // what is said twice is refused
  }

  /** A table of one input and one label. */
  public Parquet(String path, List<String> label, List<String> features, List<Integer> inputShape) {
    this(path, label, features, inputShape, null, null);
  }

  private TableColumns wanted() {
    return TableColumns.of(label, features, inputShape, inputs, outputs);
  }

  @Override
  public SourceFacts inspect(Inspection inspection) {
    List<ParquetFile> files = new ArrayList<>();
    for (FileStatus file : inspection.files("parquet.path", path)) {
      files.add(ParquetFile.open(inspection.hadoop(), file));
    }
    ParquetFile first = files.stream().filter(f -> f.numRows() > 0).findFirst().orElse(null);
    require(first != null, "%s.parquet.path: there are no rows in %s", inspection.setting(), path);
    Columns columns = columns(inspection, first);
    files.forEach(file -> requireAlike(first, file, columns));
    Group row = first.rows(inspection.hadoop(), columns.all(), 1).get(0);
    boolean oneLabel = columns.labels().size() == 1;
    TableColumns wanted = wanted();
    int[] maskedSteps = wanted.maskedSteps();
    List<Integer> widths = new ArrayList<>();
    int at = 0;
    for (NamedInput input : wanted.inputs().values()) {
      int end = at + columns.inputs().get(widths.size()).size();
      boolean masked = maskedSteps[widths.size()] > 0; // then the first row may be a short one
      widths.add(masked ? Input.width(input.shape()) : width(first, row, at, end, false));
      at = end;
    }
    List<Integer> labelWidths = new ArrayList<>();
    for (List<Integer> output : columns.outputs()) {
      labelWidths.add(width(first, row, at, at + output.size(), !oneLabel));
      at += output.size();
    }
    long count = files.stream().mapToLong(ParquetFile::numRows).sum();
    return new SourceFacts(
        wanted.inputs(widths),
        labels(inspection, files, columns, LabelScan.of(inspection, wanted, labelWidths)),
        OptionalLong.of(count));
  }

  private Columns columns(Inspection inspection, ParquetFile file) {
    return Columns.find(inspection.setting() + ".parquet", file.columns(), wanted());
  }

  private static void requireAlike(ParquetFile first, ParquetFile file, Columns columns) {
    for (int i : columns.all()) {
      boolean there = i < file.schema().getFieldCount();
      require(
          there && file.schema().getType(i).equals(first.schema().getType(i)),
          "%s: column %d is '%s', but '%s' in %s; all files must have the same columns",
          file.name(),
          i,
          there ? file.schema().getType(i) : "missing",
          first.schema().getType(i),
          first.name());
    }
    columns.features().forEach(i -> file.requireUsable(i, false));
    columns.labels().forEach(i -> file.requireUsable(i, true));
  }

  /**
   * Numbers in some columns of a row.
   *
   * @param mayBeMissing whether a column of single values may be empty
   */
  private static int width(ParquetFile file, Group row, int from, int to, boolean mayBeMissing) {
    int width = 0;
    for (int i = from; i < to; i++) {
      boolean single = row.getType().getType(i).isPrimitive();
      int own = single && mayBeMissing ? 1 : ParquetFile.width(row, i);
      require(
          own > 0,
          "%s, row 1: column '%s' is empty",
          file.name(),
          row.getType().getType(i).getName());
      width += own;
    }
    return width;
  }

  private static List<Labels> labels(
      Inspection inspection, List<ParquetFile> files, Columns columns, List<LabelScan> scans) {
    List<LabelScan> scanOf = new ArrayList<>(); // of each column
    for (int output = 0; output < scans.size(); output++) {
      scanOf.addAll(Collections.nCopies(columns.outputs().get(output).size(), scans.get(output)));
    }
    long left = MAX_ROWS;
    for (ParquetFile file : files) {
      List<Group> rows =
          left > 0 ? file.rows(inspection.hadoop(), columns.labels(), left) : List.of();
      for (int r = 0; r < rows.size(); r++) {
        for (int i = 0; i < scanOf.size(); i++) {
          String column = rows.get(r).getType().getType(i).getName();
          List<String> values = ParquetFile.values(rows.get(r), i);
          if (values.isEmpty() && scanOf.size() > 1) {
            scanOf.get(i).add(null, "");
          }
          for (String value : values) {
            scanOf
                .get(i)
                .add(
                    value.equals("NaN") ? null : value,
                    "%s, row %d: column '%s'".formatted(file.name(), r + 1, column));
          }
        }
      }
      left -= file.numRows();
    }
    boolean complete = left >= 0;
    return scans.stream().map(scan -> scan.labels(complete)).toList();
  }

  @Override
  public SourceFacts complete(SparkSession spark, SourceFacts facts) {
    if (facts.outputs().stream().noneMatch(Labels::isOpen)) {
      return facts;
    }
    Dataset<Row> table = table(spark);
    Inspection files = Inspection.of(spark.sparkContext().hadoopConfiguration());
    List<List<Integer>> outputs = columns(files, firstFile(files)).outputs();
    return facts.withClasses(output -> classes(table, outputs.get(output)));
  }

  private static Set<String> classes(Dataset<Row> table, List<Integer> columns) {
    Set<String> classes = new TreeSet<>();
    for (int i : columns) {
      for (Row row : table.select(column(table, i)).distinct().collectAsList()) {
        Object value = row.get(0);
        if (value instanceof scala.collection.Seq<?> values) {
          IntStream.range(0, values.size())
              .mapToObj(values::apply)
              .filter(label -> !Labels.isMissing(label))
              .forEach(label -> classes.add(Labels.name(label)));
        } else if (!Labels.isMissing(value)) {
          classes.add(Labels.name(value));
        }
      }
    }
    return classes;
  }

  @Override
  public Examples read(SparkSession spark, SourceFacts facts) {
    Dataset<Row> table = table(spark);
    Inspection files = Inspection.of(spark.sparkContext().hadoopConfiguration());
    ParquetFile first = firstFile(files);
    Columns columns = columns(files, first);
    List<Column> selected = new ArrayList<>();
    columns.all().forEach(i -> selected.add(column(table, i)));
    selected.add(functions.col("_metadata.file_path"));
    selected.add(functions.col("_metadata.row_index"));
    RowEncoder encoder =
        new RowEncoder(
            path, facts, names(first, columns.inputs()), names(first, columns.outputs()));
    return Examples.of(
        table.select(selected.toArray(Column[]::new)).toJavaRDD(),
        facts.layout(),
        () -> encoder,
        () -> {});
  }

  private static List<List<String>> names(ParquetFile file, List<List<Integer>> columns) {
    return columns.stream().map(own -> own.stream().map(file.columns()::get).toList()).toList();
  }

  private ParquetFile firstFile(Inspection files) {
    return ParquetFile.open(files.hadoop(), files.files("parquet.path", path).get(0));
  }

  private Dataset<Row> table(SparkSession spark) {
    return spark.read().option("recursiveFileLookup", true).parquet(path);
  }

  /** Any character may stand in a column's name. */
  private static Column column(Dataset<Row> table, int i) {
    return functions.col("`" + table.columns()[i].replace("`", "``") + "`");
  }
}
