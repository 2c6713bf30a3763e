package dev.braid.driver.embedding.vectors;

import static dev.braid.worker.Check.require;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;

import dev.braid.driver.files.GivenPath;
import dev.braid.worker.embedding.WordTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import scala.Tuple2;

/**
 * Reads word vectors: Parquet folders of ours and the files of {@link VectorFile}. Each word is
 * read once, and rows are numbered as they are read, so that words and vectors belong together.
 */
public final class VectorReader {
  private static final int WORDS_PER_BLOCK = 8192;

  private VectorReader() {}

  /**
   * Reads a file or folder.
   *
   * @param say is told of rows that were left out and of a wrong first line
   * @throws IllegalArgumentException if it is missing or broken; the message names the place
   */
  public static WordVectors read(SparkSession spark, String path, Consumer<String> say) {
    JavaSparkContext sc = new JavaSparkContext(spark.sparkContext());
    if (isFolder(path, sc.hadoopConfiguration())) {
      return WordVectors.of(parquet(spark, path, say));
    }
    List<byte[]> blocks = new ArrayList<>();
    try (VectorFile file = VectorFile.open(path, sc.hadoopConfiguration())) {
      float[] vector = new float[file.dimension()];
      VectorBlockBuilder block = new VectorBlockBuilder(0, vector.length);
      int read = 0;
      for (String word = file.next(vector); word != null; word = file.next(vector)) {
        if (block.size() == WORDS_PER_BLOCK) {
          blocks.add(block.build().toBytes());
          block = new VectorBlockBuilder(read, vector.length);
        }
        block.add(word, 0, vector);
        read++;
      }
      blocks.add(block.build().toBytes());
      file.oddities().forEach(say);
    }
    return WordVectors.of(sc.parallelize(blocks, blocks.size()));
  }

  private static boolean isFolder(String path, Configuration hadoop) {
    try {
      Path file = GivenPath.of(path);
      return file.getFileSystem(hadoop).exists(file)
          && file.getFileSystem(hadoop).getFileStatus(file).isDirectory();
    } catch (IOException e) {
      throw new UncheckedIOException("vectors " + path + " cannot be read", e);
    }
  }

  /**
   * The words and vectors of a file, on the driver and without Spark.
   *
   * @param say is told of rows that were left out and of a wrong first line
   * @throws IllegalArgumentException if it is missing, broken or a folder
   */
  public static WordTable table(String path, Configuration hadoop, Consumer<String> say) {
    try (VectorFile file = VectorFile.open(path, hadoop)) {
      float[] vector = new float[file.dimension()];
      List<String> words = new ArrayList<>();
      float[] vectors = new float[1024 * vector.length];
      for (String word = file.next(vector); word != null; word = file.next(vector)) {
        int at = Math.multiplyExact(words.size(), vector.length);
        if (at == vectors.length) {
          vectors = Arrays.copyOf(vectors, Math.multiplyExact(2, vectors.length));
        }
        System.arraycopy(vector, 0, vectors, at, vector.length);
        words.add(word);
      }
      file.oddities().forEach(say);
      return new WordTable(
          words,
          Arrays.copyOf(vectors, words.size() * vector.length),
          vector.length,
          file.numDuplicates());
    }
  }

  /**
   * The words of a file in the order of their rows, as {@link #table} has them.
   *
   * @param max the first so many are taken
   */
  public static List<String> words(String path, Configuration hadoop, int max) {
    try (VectorFile file = VectorFile.open(path, hadoop)) {
      float[] vector = new float[file.dimension()];
      List<String> words = new ArrayList<>();
      while (words.size() < max) {
        String word = file.next(vector);
        if (word == null) {
          break;
        }
        words.add(word);
      }
      return words;
    }
  }

  /** Whether a file holds vectors, and not only words, perhaps each with how often it occurs. */
  public static boolean isVectors(String path, Configuration hadoop) {
    return VectorFile.isOne(path, hadoop);
  }

  /** The rows of a folder by their ids, which may have gaps where somebody has taken rows out. */
  private static JavaRDD<byte[]> parquet(SparkSession spark, String path, Consumer<String> say) {
    Dataset<Row> table = columns(spark.read().parquet(path), path);
    Row sizes = table.agg(count(lit(1)), countDistinct("word")).first();
    require(sizes.getLong(0) > 0, "vectors %s: the folder has no words", path);
    long numDuplicates = sizes.getLong(0) - sizes.getLong(1);
    if (numDuplicates > 0) {
      say.accept(
          "vectors %s: %,d rows have a word that an earlier row has, or none; the first of a word counts"
              .formatted(path, numDuplicates));
      table =
          table
              .where(col("word").isNotNull())
              .groupBy("word")
              .agg(min(struct("id", "count", "vector")).as("first"))
              .select("first.id", "word", "first.count", "first.vector");
    }
    return table.sort("id").javaRDD().zipWithIndex().mapPartitions(VectorReader::blocks);
  }

  private static Dataset<Row> columns(Dataset<Row> table, String path) {
    List<String> names = List.of(table.columns());
    for (String name : List.of("id", "word", "count", "vector")) {
      require(
          names.contains(name),
          "vectors %s: there is no column '%s'; id, word, count and vector are needed, there are"
              + " %s",
          path,
          name,
          String.join(", ", names));
    }
    require(
        table.schema().apply("vector").dataType() instanceof ArrayType array
            && array.elementType() instanceof NumericType,
        "vectors %s: column 'vector' is %s, but an array of numbers is needed",
        path,
        table.schema().apply("vector").dataType().simpleString());
    return table.select(
        col("id").cast(DataTypes.LongType),
        col("word").cast(DataTypes.StringType),
        col("count").cast(DataTypes.LongType),
        col("vector").cast(DataTypes.createArrayType(DataTypes.FloatType)));
  }

  private static Iterator<byte[]> blocks(Iterator<Tuple2<Row, Long>> rows) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public byte[] next() {
        Tuple2<Row, Long> first = rows.next();
        float[] vector = vector(first._1);
        VectorBlockBuilder block = new VectorBlockBuilder(Math.toIntExact(first._2), vector.length);
        block.add(first._1.getString(1), first._1.getLong(2), vector);
        while (rows.hasNext() && block.size() < WORDS_PER_BLOCK) {
          Row row = rows.next()._1;
          block.add(row.getString(1), row.getLong(2), vector(row));
        }
        return block.build().toBytes();
      }
    };
  }

  private static float[] vector(Row row) {
    String word = row.getString(1);
    require(!row.isNullAt(2), "the word '%s' has no count", word);
    require(!row.isNullAt(3), "the word '%s' has no vector", word);
    List<Float> values = row.getList(3);
    float[] vector = new float[values.size()];
    for (int d = 0; d < vector.length; d++) {
      Float value = values.get(d);
      require(
          value != null && Float.isFinite(value),
          "the vector of the word '%s' has %s, which is no finite number",
          word,
          value);
      vector[d] = value;
    }
    return vector;
  }
}
