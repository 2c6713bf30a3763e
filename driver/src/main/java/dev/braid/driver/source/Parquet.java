package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonFormat;
import dev.braid.driver.source.column.ColumnSettings;
import dev.braid.driver.source.column.Columns;
import dev.braid.driver.source.column.InputPlan;
import dev.braid.driver.source.column.NamedInput;
import dev.braid.driver.source.column.NamedOutput;
import dev.braid.driver.source.column.TableColumns;
import dev.braid.driver.source.column.TableUse;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.parquet.ParquetFile;
import dev.braid.driver.source.parquet.ParquetRows;
import dev.braid.driver.source.parquet.ParquetTypes;
import dev.braid.driver.source.parquet.ParquetValues;
import dev.braid.driver.source.row.FolderColumns;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.shape.Shape;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.schema.MessageType;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;

/**
 * A table in Parquet files: one example per row. A column may hold a number, a list of numbers,
 * also nested, a vector of Spark ML, or bytes, each of which is a number from 0 to 255. Only the
 * columns that are used are read, by their names. Kept columns have their own types in the output
 * of a scoring.
 *
 * @param path a file, a folder or a wildcard
 * @param label the column to predict, by name or number; several for several numbers, properties or
 *     time steps. In a scoring the one that holds what is right, for metrics; by default none
 * @param features the columns that are inputs, by name, number or range ({@code first..last}); by
 *     default all others, or those a model was trained with
 * @param inputShape what a row's features are taken for; by default [their number]
 * @param inputs instead of features and inputShape, by name, for a network of several inputs
 * @param outputs instead of label, by name, for a network of several outputs
 * @param columns how columns that hold no plain numbers become numbers, by name
 */
public record Parquet(
    String path,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> label,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> features,
    Shape inputShape,
    Map<String, NamedInput> inputs,
    Map<String, NamedOutput> outputs,
    Map<String, ColumnSettings> columns)
    implements Table {

  public Parquet {
    TableColumns.of(
        label, features, inputShape, inputs, outputs, columns); // refuses contradictions
  }

  @Override
  public boolean isColumnar() {
    return true;
  }

  /** The first sound one that has rows, or else the first sound one. */
  @Override
  public FileStatus first(Inspection inspection, List<FileStatus> files) {
    FileStatus empty = null;
    WrongSettings broken = null;
    for (FileStatus file : files) {
      try {
        if (ParquetFile.open(inspection.hadoop(), file).numRows() > 0) {
          return file;
        }
        empty = empty == null ? file : empty;
      } catch (WrongSettings e) {
        broken = broken == null ? e : broken;
      }
    }
    if (empty == null) {
      throw Objects.requireNonNull(broken, "there is at least one file");
    }
    return empty;
  }

  @Override
  public List<String> columns(Inspection inspection, FileStatus file) {
    return ParquetFile.open(inspection.hadoop(), file).columns();
  }

  @Override
  public OptionalLong numRows(Inspection inspection, List<FileStatus> files) {
    long count =
        files.stream().mapToLong(f -> ParquetFile.open(inspection.hadoop(), f).numRows()).sum();
    require(count > 0, "%s.parquet.path: there are no rows in %s", inspection.setting(), path);
    return OptionalLong.of(count);
  }

  @Override
  public void requireFits(Inspection inspection, FileStatus file, TableUse use) {
    requireUsable(ParquetFile.open(inspection.hadoop(), file), use);
  }

  /**
   * Refuses a file that lacks a column, or has it in a type which cannot be used.
   *
   * @throws IllegalArgumentException naming file, column and type
   */
  private static void requireUsable(ParquetFile file, TableUse use) {
    Map<String, String> folders = FolderColumns.above(file.file().getPath());
    for (String name : use.all()) {
      require(
          file.has(name) || folders.containsKey(name),
          "%s: there is no column '%s': %s",
          file.name(),
          name,
          Columns.first(file.columns()));
    }
    try {
      file.requireFits(use.features());
      ParquetRows.keptFields(file, use.kept());
    } catch (WrongSettings e) {
      throw new WrongSettings(file.name() + ": " + e.getMessage(), e);
    }
    for (String label : use.labels()) {
      String problem = file.has(label) ? ParquetTypes.of(file.column(label)).labelProblem() : null;
      require(problem == null, "%s: %s", file.name(), problem);
    }
  }

  @Override
  public Parts.Reader<Object[]> reader(Configuration hadoop, Selection selection) {
    return (part, conf) -> {
      Path path = new Path(part.file());
      ParquetFile file = ParquetFile.open(conf, path.getFileSystem(conf).getFileStatus(path));
      MessageType columns = file.part(selection.all());
      return new Head(file, columns, selection, file.rows(conf, columns));
    };
  }

  /** By Spark's own reader, which is much faster. */
  @Override
  public JavaRDD<Placed<Object[]>> rows(
      SparkSession spark, List<FileStatus> files, Selection selection, long partBytes) {
    return new ParquetRows(selection, partBytes).read(spark, files);
  }

  @Override
  public List<StructField> keptFields(SparkSession spark, InputPlan plan, List<FileStatus> files) {
    if (plan.keptColumns().isEmpty()) {
      return List.of();
    }
    Inspection inspection = Inspection.of(spark.sparkContext().hadoopConfiguration());
    ParquetFile first = ParquetFile.open(inspection.hadoop(), first(inspection, files));
    return ParquetRows.keptFields(first, plan.keptColumns());
  }

  /** Rows by Parquet's own reader. */
  private static final class Head implements Parts.Rows<Object[]> {
    private static final int CHARS_PER_VALUE = 32;

    private final ParquetFile file;
    private final MessageType part;
    private final Selection selection;
    private final ParquetReader<Group> rows;
    private final Map<String, String> folders;
    private long row;
    private long numChars;

    Head(ParquetFile file, MessageType part, Selection selection, ParquetReader<Group> rows) {
      this.file = file;
      this.part = part;
      this.selection = selection;
      this.rows = rows;
      this.folders = FolderColumns.above(file.file().getPath());
    }

    @Override
    public Placed<Object[]> next() throws IOException {
      if (row == file.numRows()) {
        return null;
      }
      Group group = part.getFieldCount() == 0 ? null : rows.read();
      long number = ++row;
      Object[] values =
          selection.row(
              name ->
                  part.containsField(name)
                      ? ParquetValues.value(group, part.getFieldIndex(name))
                      : folders.get(name));
      numChars += (long) CHARS_PER_VALUE * ParquetValues.size(values);
      return Placed.sound(file.name(), () -> number, values);
    }

    @Override
    public long numChars() {
      return numChars;
    }

    @Override
    public void close() throws IOException {
      rows.close();
    }
  }
}
