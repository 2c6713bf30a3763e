package dev.braid.driver.source.parquet;

import dev.braid.driver.source.row.FolderColumns;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import dev.braid.worker.WrongSettings;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.spark.Partition;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.paths.SparkPath;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.datasources.FilePartition;
import org.apache.spark.sql.execution.datasources.PartitionedFile;
import org.apache.spark.sql.execution.datasources.parquet.ParquetToSparkSchemaConverter;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/**
 * The rows of Parquet files by Spark's reader, which is told the columns and their types: those
 * that are not used may be of any type and name.
 *
 * @param selection the columns
 * @param partBytes about so much is read by a task
 */
public record ParquetRows(Selection selection, long partBytes) {

  /**
   * Neighbouring files whose columns have the same types; Spark is told of one schema at a time.
   */
  private record Alike(StructType schema, List<String> files) {}

  /** A file that cannot be read, and why. */
  private record Unread(String name, long numRows, String problem) implements Serializable {}

  /** The rows in the order of the files; a file that cannot be read is a broken row. */
  public JavaRDD<Placed<Object[]>> read(SparkSession spark, List<FileStatus> files) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Configuration hadoop = sc.hadoopConfiguration();
    List<Alike> groups = new ArrayList<>();
    ArrayList<Unread> broken = new ArrayList<>();
    for (FileStatus file : files) {
      long numRows = 1; // as far as is known of a file that cannot be opened
      try {
        ParquetFile opened = ParquetFile.open(hadoop, file);
        numRows = Math.max(1, opened.numRows());
        StructType schema = schema(opened);
        Alike last = groups.isEmpty() ? null : groups.get(groups.size() - 1);
        if (last == null || !last.schema.equals(schema)) {
          last = new Alike(schema, new ArrayList<>());
          groups.add(last);
        }
        last.files.add(file.getPath().toString());
      } catch (WrongSettings e) {
        broken.add(new Unread(file.getPath().toString(), numRows, String.valueOf(e.getMessage())));
      }
    }
    JavaRDD<Placed<Object[]>> rows = sc.emptyRDD();
    for (Alike group : groups) {
      rows = rows.union(table(spark, group));
    }
    return broken.isEmpty()
        ? rows
        : rows.union(
            sc.parallelize(broken, 1)
                .map(file -> Placed.brokenFile(file.name, file.numRows, file.problem)));
  }

  /** The types of the columns that a file has of the selection. */
  private StructType schema(ParquetFile file) {
    Map<String, String> folders = FolderColumns.above(file.file().getPath());
    for (String name : selection.all()) {
      if (!file.has(name) && !folders.containsKey(name)) {
        throw new WrongSettings("the file has no column '%s'".formatted(name));
      }
    }
    file.requireFits(selection.features());
    MessageType part = file.part(selection.all());
    List<StructField> fields = new ArrayList<>();
    for (StructField field : sparkTypes(part).fields()) {
      boolean kept = selection.kept().contains(field.name());
      Optional<StructField> own =
          kept && !selection.values().contains(field.name())
              ? file.sparkType(field.name())
                  .map(type -> DataTypes.createStructField(field.name(), type, true))
              : Optional.empty();
      fields.add(own.orElse(field));
    }
    return DataTypes.createStructType(fields);
  }

  /** Spark's types of some columns, all of which Spark must read. */
  private static StructType sparkTypes(MessageType columns) {
    try {
      return new ParquetToSparkSchemaConverter(false, true, true, true, false).convert(columns);
    } catch (Exception e) { // Spark's AnalysisException, which its Scala does not declare
      throw new WrongSettings(
          "Spark does not read one of the columns %s: %s"
              .formatted(columns.getFields().stream().map(Type::getName).toList(), e.getMessage()),
          e);
    }
  }

  /** The types of kept columns in an output; those in the names of folders are text. */
  public static List<StructField> keptFields(ParquetFile file, List<String> names) {
    StructType schema = new ParquetRows(new Selection(List.of(), names, 0), 0).schema(file);
    Map<String, StructField> fields = new HashMap<>();
    for (StructField field : schema.fields()) {
      fields.put(field.name(), field);
    }
    return names.stream()
        .map(
            name ->
                fields.getOrDefault(
                    name, DataTypes.createStructField(name, DataTypes.StringType, true)))
        .toList();
  }

  private JavaRDD<Placed<Object[]>> table(SparkSession spark, Alike group) {
    SparkSession own = spark.newSession();
    own.conf().set("spark.sql.caseSensitive", true);
    // Old dates are those of Gregory's calendar, but in files of Spark 2, which say who wrote them.
    own.conf().set("spark.sql.parquet.datetimeRebaseModeInRead", "CORRECTED");
    own.conf().set("spark.sql.parquet.int96RebaseModeInRead", "CORRECTED");
    own.conf().set("spark.sql.files.maxPartitionBytes", partBytes);
    own.conf().set("spark.sql.files.openCostInBytes", partBytes); // each part by itself
    Dataset<Row> table =
        own.read()
            .schema(group.schema)
            .option("recursiveFileLookup", true)
            .parquet(group.files.stream().map(ParquetRows::literally).toArray(String[]::new));
    List<Column> selected = new ArrayList<>();
    for (StructField field : group.schema.fields()) {
      selected.add(functions.col("`" + field.name().replace("`", "``") + "`"));
    }
    selected.add(functions.col("_metadata.file_path"));
    selected.add(functions.col("_metadata.row_index"));
    Selection wanted = new Selection(selection.values(), selection.kept(), 0); // as it travels
    StructType schema = group.schema;
    // Spark's own rows: as objects every number of a list would be one.
    RDD<Placed<Object[]>> parts =
        table
            .select(selected.toArray(Column[]::new))
            .queryExecution()
            .toRdd()
            .toJavaRDD()
            .mapPartitions(rows -> (Iterator<Placed<Object[]>>) new Values(wanted, schema, rows))
            .rdd();
    List<List<Integer>> order = order(parts, group.files);
    return parts
        .coalesce(Math.max(1, order.size()), false, Option.apply(new InOrder(order)), null)
        .toJavaRDD();
  }

  /** A path none of whose characters is taken for a wildcard. */
  private static String literally(String path) {
    return path.replaceAll("[\\\\*?\\[\\]{}]", "\\\\$0");
  }

  /**
   * Which of Spark's partitions make up each of ours: in the order of the files, whose parts Spark
   * would begin with the largest.
   */
  private List<List<Integer>> order(RDD<Placed<Object[]>> parts, List<String> files) {
    Partition[] partitions = parts.partitions();
    Map<String, Integer> places = new LinkedHashMap<>();
    files.forEach(file -> places.put(new Path(file).toUri().getPath(), places.size()));
    record Piece(int place, int file, long start, long length) {}
    List<Piece> pieces = new ArrayList<>();
    for (int i = 0; i < partitions.length; i++) {
      PartitionedFile file = ((FilePartition) partitions[i]).files()[0];
      pieces.add(
          new Piece(i, places.get(file.toPath().toUri().getPath()), file.start(), file.length()));
    }
    pieces.sort(Comparator.comparingInt(Piece::file).thenComparingLong(Piece::start));
    List<List<Integer>> groups = new ArrayList<>();
    long bytes = Long.MAX_VALUE;
    for (Piece piece : pieces) {
      if (bytes > partBytes - piece.length()) {
        groups.add(new ArrayList<>());
        bytes = 0;
      }
      groups.get(groups.size() - 1).add(piece.place());
      bytes += piece.length() + (64 << 10);
    }
    return groups;
  }

  /** Rows with their places; a page that is damaged ends its file. */
  private static final class Values implements Iterator<Placed<Object[]>> {
    private final Selection selection;
    private final StructType schema;
    private final Iterator<InternalRow> rows;
    private final Cell[] cells;
    private final int[] places;
    private Placed<Object[]> next;
    private String encodedFile;
    private String file = "?";
    private Map<String, String> folders = Map.of();
    private long row;
    private boolean ended;

    Values(Selection selection, StructType schema, Iterator<InternalRow> rows) {
      this.selection = selection;
      this.schema = schema;
      this.rows = rows;
      List<String> names = selection.all();
      this.cells = new Cell[names.size()];
      this.places = new int[names.size()];
      List<String> there = List.of(schema.fieldNames());
      for (int i = 0; i < cells.length; i++) {
        places[i] = there.indexOf(names.get(i));
        cells[i] = places[i] < 0 ? null : new Cell(schema.fields()[places[i]].dataType());
      }
    }

    @Override
    public boolean hasNext() {
      if (next == null && !ended) {
        next = advance();
        ended = next == null || ended;
      }
      return next != null;
    }

    private Placed<Object[]> advance() {
      try {
        return rows.hasNext() ? placed(rows.next()) : null;
      } catch (RuntimeException e) {
        if (!isDamage(e)) {
          throw e;
        }
        ended = true;
        long at = row + 1;
        return Placed.broken(file, () -> at, "cannot be read from here on: " + e.getMessage());
      }
    }

    private static boolean isDamage(Throwable e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause.getClass().getName().startsWith("org.apache.parquet.")) {
          return true;
        }
      }
      return false;
    }

    private Placed<Object[]> placed(InternalRow row) {
      int numColumns = schema.length();
      String encoded = row.getUTF8String(numColumns).toString();
      if (!encoded.equals(encodedFile)) {
        encodedFile = encoded;
        Path path = SparkPath.fromUrlString(encoded).toPath();
        file = path.toString();
        folders = FolderColumns.above(path);
      }
      this.row = row.getLong(numColumns + 1) + 1;
      long number = this.row;
      List<String> names = selection.all();
      Object[] values = new Object[cells.length];
      for (int i = 0; i < cells.length; i++) {
        if (cells[i] == null) {
          values[i] = folders.get(names.get(i));
        } else if (i < selection.values().size()) {
          values[i] = cells[i].value(row, places[i]);
        } else {
          values[i] = cells[i].kept(row, places[i]);
        }
      }
      return Placed.sound(file, () -> number, values);
    }

    @Override
    public Placed<Object[]> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Placed<Object[]> row = next;
      next = null;
      return row;
    }
  }
}
