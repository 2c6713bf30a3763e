package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonFormat;
import dev.braid.driver.source.SourceFacts.Input;
import dev.braid.worker.data.RowLayout.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
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
 */
public record Parquet(
    String path,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> label,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> features,
    List<Integer> inputShape)
    implements Source {
  /** Classes are looked for in this many rows before Spark starts; Spark finds them in more. */
  private static final long MAX_ROWS = 100_000;

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
    int numFeatures = columns.features().size();
    int width = width(first, row, 0, numFeatures);
    int labelWidth = width(first, row, numFeatures, numFeatures + columns.labels().size());
    long count = files.stream().mapToLong(ParquetFile::numRows).sum();
    return new SourceFacts(
        List.of(Input.of(inputShape, width, Kind.FLOAT)),
        labels(inspection, files, columns, labelWidth),
        OptionalLong.of(count));
  }

  private Columns columns(Inspection inspection, ParquetFile file) {
    String setting = inspection.setting() + ".parquet";
    return Columns.find(setting, file.columns(), features, label);
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

  private static int width(ParquetFile file, Group row, int from, int to) {
    int width = 0;
    for (int i = from; i < to; i++) {
      int own = ParquetFile.width(row, i);
      require(
          own > 0,
          "%s, row 1: column '%s' is empty",
          file.name(),
          row.getType().getType(i).getName());
      width += own;
    }
    return width;
  }

  private static Labels labels(
      Inspection inspection, List<ParquetFile> files, Columns columns, int width) {
    LabelScan scan = new LabelScan(inspection, width);
    long left = MAX_ROWS;
    for (ParquetFile file : files) {
      List<Group> rows =
          left > 0 ? file.rows(inspection.hadoop(), columns.labels(), left) : List.of();
      for (int r = 0; r < rows.size(); r++) {
        for (int i = 0; i < columns.labels().size(); i++) {
          for (String value : ParquetFile.values(rows.get(r), i)) {
            String column = rows.get(r).getType().getType(i).getName();
            scan.add(value, "%s, row %d: column '%s'".formatted(file.name(), r + 1, column));
          }
        }
      }
      left -= file.numRows();
    }
    return scan.labels(left >= 0);
  }

  @Override
  public SourceFacts complete(SparkSession spark, SourceFacts facts) {
    if (!facts.labels().isOpen()) {
      return facts;
    }
    TreeSet<String> classes = new TreeSet<>();
    Dataset<Row> table = table(spark);
    Inspection files = Inspection.of(spark.sparkContext().hadoopConfiguration());
    for (int i : columns(files, firstFile(files)).labels()) {
      for (Row row : table.select(column(table, i)).distinct().collectAsList()) {
        Object value = row.get(0);
        if (value instanceof scala.collection.Seq<?> values) {
          IntStream.range(0, values.size()).forEach(k -> classes.add(Labels.name(values.apply(k))));
        } else if (value != null) {
          classes.add(Labels.name(value));
        }
      }
    }
    return facts.withLabels(Labels.ofClasses(facts.labels().width(), classes));
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
            path,
            facts.layout(),
            facts.labels(),
            columns.features().stream().map(first.columns()::get).toList(),
            columns.labels().stream().map(first.columns()::get).toList());
    return Examples.of(
        table.select(selected.toArray(Column[]::new)).toJavaRDD(),
        facts.layout(),
        () -> encoder,
        () -> {});
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
