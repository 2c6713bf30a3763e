package dev.braid.driver.source.table;

import dev.braid.driver.files.FileContent;
import dev.braid.driver.source.column.ColumnSettings;
import dev.braid.driver.source.column.TableColumns;
import dev.braid.driver.source.column.TableUse;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.row.FilePart;
import dev.braid.driver.source.row.FoundFiles;
import dev.braid.driver.source.row.Lines;
import dev.braid.driver.source.row.NamedFiles;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/**
 * A format of files: they become rows of values by the names of their columns, each with its place,
 * for training and scoring alike. A row that cannot be used has a reason instead.
 */
public interface RowFormat {
  /** Where the files lie: a file, a folder or a wildcard. */
  String path();

  /** What the settings call it: the name of its record. */
  default String kind() {
    return getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  /** What the columns are taken for. */
  TableColumns wanted();

  /** How the values of a column become numbers, where the settings say nothing of it. */
  default ColumnSettings usual(String column) {
    return ColumnSettings.NUMBERS;
  }

  /**
   * The names of the columns of a file, those of its folders not among them.
   *
   * @throws IllegalArgumentException when the file cannot be read
   */
  List<String> columns(Inspection inspection, FileStatus file);

  /** How the rows of a part of a file are read. */
  Parts.Reader<Object[]> reader(Configuration hadoop, Selection selection);

  /** The reader of rows, with the bytes of the files that some of their values name. */
  private Parts.Reader<Object[]> withFiles(Configuration hadoop, Selection selection) {
    return NamedFiles.of(reader(hadoop, selection), selection, column -> file(selection, column));
  }

  private NamedFiles.Column file(Selection selection, String column) {
    ColumnSettings settings = wanted().settings(column);
    int place = selection.values().indexOf(column);
    return new NamedFiles.Column(column, place, settings.base(), settings.namesTexts());
  }

  /** Whether tasks that read about {@code partBytes} may begin in the middle of a file. */
  default boolean isDivisible(Configuration hadoop, FileStatus file, long partBytes) {
    return Lines.isDivisible(hadoop, file.getPath());
  }

  /** The files below the path, and what lies among them and is not read. */
  default FoundFiles find(Inspection inspection) {
    return inspection.find(kind() + ".path", path());
  }

  /** Those of them that hold labelled examples. */
  default FoundFiles findLabelled(Inspection inspection) {
    return find(inspection);
  }

  /** Whether a file is one of this format, as far as its name tells. */
  default boolean isRead(FileStatus file) {
    return true;
  }

  /** The same with the shape of an input, where its rows depend on it. */
  default RowFormat ofShape(List<Integer> inputShape) {
    return this;
  }

  /** Refuses a file by whose columns alone nobody should learn. */
  default void requireSound(Inspection inspection, FileStatus file) {}

  /**
   * Refuses a file that lacks a column, or has it in a type which cannot be used.
   *
   * @param use what the columns are used for, by their names in this file
   * @throws IllegalArgumentException naming file and column
   */
  default void requireFits(Inspection inspection, FileStatus file, TableUse use) {}

  /** The file that tells which columns there are. */
  default FileStatus first(Inspection inspection, List<FileStatus> files) {
    return files.get(0);
  }

  /** How many rows there are, where files say it. */
  default OptionalLong numRows(Inspection inspection, List<FileStatus> files) {
    return OptionalLong.empty();
  }

  /** Whether some columns alone are read in less time than all. */
  default boolean isColumnar() {
    return false;
  }

  /** What may be wrong when the first row of a file is. */
  default Optional<String> firstRowHint() {
    return Optional.empty();
  }

  /** The rows of a file, read on this machine without Spark. */
  default Parts.Rows<Object[]> rows(Configuration hadoop, FileStatus file, Selection selection) {
    return FileContent.read(
        file.getPath(), () -> withFiles(hadoop, selection).open(FilePart.of(file), hadoop));
  }

  /**
   * The rows of some files, in the order of the files and within them, in parts of about {@code
   * partBytes}.
   */
  default JavaRDD<Placed<Object[]>> rows(
      SparkSession spark, List<FileStatus> files, Selection selection, long partBytes) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    return Parts.read(
        spark,
        FilePart.cut(files, partBytes, file -> isDivisible(hadoop, file, partBytes)),
        withFiles(hadoop, selection));
  }
}
