package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonFormat;
import dev.braid.worker.inference.ModelFacts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.spark.Partition;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.datasources.FilePartition;
import org.apache.spark.sql.execution.datasources.PartitionedFile;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.Tuple2;

/**
 * Tables in Parquet files. A column may hold a number, a list of numbers, also nested, a vector of
 * Spark ML, or bytes, each of which is a number from 0 to 255. Kept columns have their own types in
 * the output.
 *
 * @param path a file, a folder or a wildcard
 * @param features the columns that are inputs, by name, number or range; by default all but label
 *     and kept ones
 * @param label the column that holds what is right, for metrics; by default none
 */
public record ParquetInput(
    String path,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> features,
    String label)
    implements Input {
  private static final int MAX_LOOKED_AT = 100;

  @Override
  public InputPlan inspect(Inspection inspection, ModelFacts model, List<String> keep) {
    String setting = inspection.setting() + ".parquet";
    List<FileStatus> files = inspection.files("parquet.path", path);
    ParquetFile first = firstSound(inspection.hadoop(), files);
    require(first != null, "%s.path: no file in %s is a sound Parquet file", setting, path);
    InputPlan plan =
        InputPlan.ofTable(setting, first.columns(), features, label, keep, model.inputShape());
    requireOneFits(inspection.hadoop(), setting, first, plan);
    return plan;
  }

  private static ParquetFile firstSound(Configuration hadoop, List<FileStatus> files) {
    for (FileStatus file : files) {
      try {
        return ParquetFile.open(hadoop, file);
      } catch (IllegalArgumentException e) {
        // goes to the quarantine later; perhaps the next file is sound
      }
    }
    return null;
  }

  private static void requireOneFits(
      Configuration hadoop, String setting, ParquetFile file, InputPlan plan) {
    List<Integer> columns = plan.features().stream().map(plan::index).toList();
    boolean bytes =
        columns.stream()
            .anyMatch(
                i ->
                    file.schema().getType(i).isPrimitive()
                        && file.schema().getType(i).getLogicalTypeAnnotation() == null
                        && file.schema().getType(i).toString().contains("binary"));
    List<Group> rows = bytes ? List.of() : file.rows(hadoop, columns, MAX_LOOKED_AT);
    int width = 0;
    for (Group row : rows) {
      width = 0;
      for (int i = 0; i < columns.size(); i++) {
        width += ParquetFile.width(row, i);
      }
      if (width == plan.width()) {
        return;
      }
    }
    if (!rows.isEmpty()) {
      plan.requireFits(setting, file.file().getPath().toString(), width);
    }
  }

  @Override
  public List<StructField> keptFields(SparkSession spark, InputPlan plan, List<FileStatus> files) {
    if (plan.keptColumns().isEmpty()) {
      return List.of();
    }
    ParquetFile sound = firstSound(spark.sparkContext().hadoopConfiguration(), files);
    require(sound != null, "no file in %s is a sound Parquet file", path);
    StructType schema = spark.read().parquet(sound.file().getPath().toString()).schema();
    return plan.keptColumns().stream()
        .map(name -> schema.fields()[schema.fieldIndex(name)])
        .toList();
  }

  @Override
  public JavaRDD<Placed<Item>> read(
      SparkSession spark, InputPlan plan, List<FileStatus> files, long partBytes) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Map<String, String> broken = new LinkedHashMap<>();
    List<String> sound = new ArrayList<>();
    for (FileStatus file : files) {
      String name = file.getPath().toString();
      try {
        requireColumns(ParquetFile.open(sc.hadoopConfiguration(), file), plan);
        sound.add(name);
      } catch (IllegalArgumentException e) {
        broken.put(name, String.valueOf(e.getMessage()));
      }
    }
    JavaRDD<Placed<Item>> rows =
        sound.isEmpty() ? sc.emptyRDD() : table(spark, plan, sound, partBytes);
    if (broken.isEmpty()) {
      return rows;
    }
    ArrayList<Tuple2<String, String>> problems = new ArrayList<>();
    broken.forEach((name, problem) -> problems.add(new Tuple2<>(name, problem)));
    return rows.union(
        sc.parallelize(problems, 1).map(file -> Item.broken(file._1(), () -> 0, file._2())));
  }

  private static void requireColumns(ParquetFile file, InputPlan plan) {
    for (String name : plan.read()) {
      require(file.columns().contains(name), "the file has no column '%s'", name);
    }
  }

  /** The rows in the order of the files, whose parts Spark would begin with the largest. */
  private static JavaRDD<Placed<Item>> table(
      SparkSession spark, InputPlan plan, List<String> files, long partBytes) {
    SparkSession own = spark.newSession();
    own.conf().set("spark.sql.files.maxPartitionBytes", partBytes);
    own.conf().set("spark.sql.files.openCostInBytes", partBytes); // each part by itself
    StructType schema = own.read().parquet(files.get(0)).schema();
    Dataset<Row> table = own.read().schema(schema).parquet(files.toArray(String[]::new));
    DataType[] types =
        plan.read().stream()
            .map(name -> schema.fields()[schema.fieldIndex(name)].dataType())
            .toArray(DataType[]::new);
    List<Column> selected = new ArrayList<>();
    plan.read().forEach(name -> selected.add(column(name)));
    selected.add(functions.col("_metadata.file_path"));
    selected.add(functions.col("_metadata.row_index"));
    // Spark's own rows: as objects every number of a list would be one.
    JavaRDD<Placed<Item>> parts =
        table
            .select(selected.toArray(Column[]::new))
            .queryExecution()
            .toRdd()
            .toJavaRDD()
            .mapPartitions(rows -> new Items(plan, types, rows));
    List<List<Integer>> groups = groups(parts.rdd(), files, partBytes);
    RDD<Placed<Item>> ordered =
        parts
            .rdd()
            .coalesce(Math.max(1, groups.size()), false, Option.apply(new InOrder(groups)), null);
    return ordered.toJavaRDD();
  }

  private static Column column(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }

  /** Which of Spark's partitions make up each of ours. */
  private static List<List<Integer>> groups(
      RDD<Placed<Item>> parts, List<String> files, long partBytes) {
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

  /** Rows as items; a page that is damaged ends its file. */
  private static final class Items implements Iterator<Placed<Item>> {
    private final InputPlan plan;
    private final Iterator<InternalRow> rows;
    private final Cell[] cells;
    private final int numKept;
    private Placed<Item> next;
    private String file = "?";
    private long row;
    private boolean ended;

    Items(InputPlan plan, DataType[] types, Iterator<InternalRow> rows) {
      this.plan = plan;
      this.rows = rows;
      this.cells = Arrays.stream(types).map(Cell::new).toArray(Cell[]::new);
      this.numKept = plan.keptColumns().size();
    }

    @Override
    public boolean hasNext() {
      if (next == null && !ended) {
        next = advance();
        ended = next == null || ended;
      }
      return next != null;
    }

    private Placed<Item> advance() {
      try {
        return rows.hasNext() ? item(rows.next()) : null;
      } catch (RuntimeException e) {
        if (!isDamage(e)) {
          throw e;
        }
        ended = true;
        long at = row + 1;
        return Item.broken(file, () -> at, "cannot be read from here on: " + e.getMessage());
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

    private Placed<Item> item(InternalRow values) {
      file = values.getUTF8String(cells.length).toString();
      row = values.getLong(cells.length + 1) + 1;
      long number = row;
      int column = 0;
      try {
        Numbers numbers = new Numbers(plan.shape(), plan.width());
        for (; column < plan.features().size(); column++) {
          cells[column].addTo(numbers, values, column, plan.features().get(column));
        }
        Object label = plan.label() == null ? null : cells[column].value(values, column++);
        Object[] kept = new Object[numKept];
        for (int i = 0; i < numKept; i++) {
          kept[i] = cells[column + i].value(values, column + i);
        }
        return Item.sound(file, () -> number, numbers.all(), kept, LabelText.of(label));
      } catch (IllegalArgumentException e) {
        return Item.broken(file, () -> number, e.getMessage());
      }
    }

    @Override
    public Placed<Item> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Placed<Item> item = next;
      next = null;
      return item;
    }
  }
}
