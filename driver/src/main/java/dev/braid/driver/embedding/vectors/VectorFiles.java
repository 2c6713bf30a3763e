package dev.braid.driver.embedding.vectors;

import static dev.braid.worker.Check.require;

import dev.braid.driver.files.AtomicWrite;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.collection.mutable.WrappedArray;

/** Writes word vectors in the formats others read. */
public final class VectorFiles {
  private VectorFiles() {}

  /** The formats. */
  public enum Format {
    /** A folder of Parquet files: id, word, count, vector. Any size. */
    PARQUET("vectors.parquet"),
    /** One file: a line with both sizes, then word, space, floats as bytes. */
    WORD2VEC_BINARY("vectors.bin"),
    /** One file: a line with both sizes, then a line per word. */
    WORD2VEC_TEXT("vectors.txt"),
    /** One file: a line per word. */
    GLOVE_TEXT("vectors.glove.txt");

    private final String fileName;

    Format(String fileName) {
      this.fileName = fileName;
    }

    /** What such a file is called in a folder of results. */
    public String fileName() {
      return fileName;
    }
  }

  /**
   * Refuses before the training what would be too large after it: everything but Parquet passes
   * through the driver into one file.
   *
   * @param maxBytes of one file
   * @throws IllegalArgumentException if the file would be larger
   */
  public static void requireRoom(Format format, long numWords, int dimension, long maxBytes) {
    if (format == Format.PARQUET) {
      return;
    }
    int bytesPerNumber = format == Format.WORD2VEC_BINARY ? Float.BYTES : 12;
    long bytes = numWords * (dimension * (long) bytesPerNumber + 8);
    require(
        bytes <= maxBytes,
        "%,d words of dimension %d make about %,d MiB in one %s file, above the %,d MiB of"
            + " output.maxFileMiB; use the format parquet, a higher minCount or a lower maxWords",
        numWords,
        dimension,
        bytes >> 20,
        format.fileName(),
        maxBytes >> 20);
  }

  /** Writes {@code vectors} to {@code path} on any Hadoop file system. */
  public static void write(SparkSession spark, WordVectors vectors, Format format, String path) {
    Path target = new Path(path);
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try {
      if (format == Format.PARQUET) {
        AtomicWrite.folder(target, hadoop, folder -> writeParquet(spark, vectors, "" + folder));
      } else {
        AtomicWrite.file(target, hadoop, out -> write(vectors, format, out));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be written", e);
    }
  }

  /** Lines are made by the tasks; one partition at a time passes through here. */
  private static void write(WordVectors vectors, Format format, OutputStream out)
      throws IOException {
    if (format != Format.GLOVE_TEXT) {
      String header = vectors.numWords() + " " + vectors.dimension() + "\n";
      out.write(header.getBytes(StandardCharsets.UTF_8));
    }
    Iterator<byte[]> pieces =
        vectors
            .blocks()
            .map(bytes -> encode(VectorBlock.fromBytes(bytes), format))
            .toLocalIterator();
    while (pieces.hasNext()) {
      out.write(pieces.next());
    }
  }

  /** In a file a word ends at a blank and a row at the end of the line. */
  private static byte[] encode(VectorBlock block, Format format) {
    for (String word : block.words()) {
      require(
          word.chars().noneMatch(Character::isWhitespace) && !word.isEmpty(),
          "the word '%s' cannot be written to %s: it has white space in it, or is empty; write"
              + " parquet",
          word,
          format.fileName());
    }
    return format == Format.WORD2VEC_BINARY ? binary(block) : text(block);
  }

  private static byte[] binary(VectorBlock block) {
    int dimension = block.dimension();
    List<byte[]> words = new ArrayList<>();
    int size = 0;
    for (String word : block.words()) {
      byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
      words.add(bytes);
      size += bytes.length + 2 + dimension * Float.BYTES;
    }
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < words.size(); i++) {
      out.put(words.get(i)).put((byte) ' ');
      out.asFloatBuffer().put(block.vectors(), i * dimension, dimension);
      out.position(out.position() + dimension * Float.BYTES).put((byte) '\n');
    }
    return out.array();
  }

  private static byte[] text(VectorBlock block) {
    int dimension = block.dimension();
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < block.words().length; i++) {
      out.append(block.words()[i]);
      for (int d = 0; d < dimension; d++) {
        out.append(' ').append(block.vectors()[i * dimension + d]);
      }
      out.append('\n');
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void writeParquet(SparkSession spark, WordVectors vectors, String path) {
    StructType schema =
        new StructType()
            .add("id", DataTypes.IntegerType, false)
            .add("word", DataTypes.StringType, false)
            .add("count", DataTypes.LongType, false)
            .add("vector", DataTypes.createArrayType(DataTypes.FloatType, false), false);
    JavaRDD<Row> rows = vectors.blocks().flatMap(bytes -> rows(VectorBlock.fromBytes(bytes)));
    spark
        .createDataFrame(rows, schema)
        .write()
        // Hardly two numbers are alike: to find that out would take longer than to write them.
        .option("parquet.enable.dictionary#vector.list.element", false)
        .parquet(path);
  }

  private static Iterator<Row> rows(VectorBlock block) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < block.words().length; i++) {
      // A Scala view of floats: an array of Float objects would be the size of four.
      Object view = WrappedArray.make(block.vector(i));
      rows.add(RowFactory.create(block.first() + i, block.words()[i], block.counts()[i], view));
    }
    return rows.iterator();
  }
}
