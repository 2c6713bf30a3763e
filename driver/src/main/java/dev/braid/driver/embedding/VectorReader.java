package dev.braid.driver.embedding;

import static dev.braid.worker.Check.require;

import dev.braid.worker.format.Utf8;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.zip.GZIPInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Reads word vectors: Parquet folders of ours, word2vec's binary ({@code .bin}) and text files, and
 * GloVe's text files, which have no first line; gz or not.
 */
public final class VectorReader {
  private static final int WORDS_PER_BLOCK = 8192;
  private static final int MAX_WORD_BYTES = 1 << 16;

  private VectorReader() {}

  /**
   * Reads a file or folder.
   *
   * @throws IllegalArgumentException if it is missing or broken; the message names the offset
   */
  public static WordVectors read(SparkSession spark, String path) {
    JavaSparkContext sc = new JavaSparkContext(spark.sparkContext());
    try {
      Path file = new Path(path);
      FileSystem files = file.getFileSystem(sc.hadoopConfiguration());
      require(files.exists(file), "vectors %s: no such file or folder", path);
      if (files.getFileStatus(file).isDirectory()) {
        return WordVectors.of(parquet(spark, path));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("vectors " + path + " cannot be read", e);
    }
    List<byte[]> blocks = new ArrayList<>();
    try (Words words = open(path, sc.hadoopConfiguration())) {
      while (words.hasNext()) {
        blocks.add(words.next().toBytes());
      }
    }
    require(!blocks.isEmpty(), "vectors %s: the file has no words", path);
    return WordVectors.of(sc.parallelize(blocks, blocks.size()));
  }

  /**
   * The words and vectors of a file, on the driver and without Spark: word2vec's binary or text, or
   * GloVe's text.
   *
   * @param maxWords the first so many are taken
   * @throws IllegalArgumentException if it is missing, broken or a folder
   */
  public static Table table(String path, Configuration hadoop, int maxWords) {
    try {
      Path file = new Path(path);
      FileSystem files = file.getFileSystem(hadoop);
      require(files.exists(file), "vectors %s: no such file", path);
      require(
          files.getFileStatus(file).isFile(),
          "vectors %s: a folder; write a file by output.formats: [word2vec_binary]",
          path);
    } catch (IOException e) {
      throw new UncheckedIOException("vectors " + path + " cannot be read", e);
    }
    List<String> names = new ArrayList<>();
    List<float[]> parts = new ArrayList<>();
    int dimension = 0;
    try (Words words = open(path, hadoop)) {
      while (words.hasNext() && names.size() < maxWords) {
        VectorBlock block = words.next();
        dimension = block.dimension();
        names.addAll(List.of(block.words()));
        parts.add(block.vectors());
      }
    }
    require(!names.isEmpty(), "vectors %s: the file has no words", path);
    int taken = Math.min(maxWords, names.size());
    float[] vectors = new float[Math.multiplyExact(taken, dimension)];
    int done = 0;
    for (float[] part : parts) {
      int length = Math.min(part.length, vectors.length - done);
      System.arraycopy(part, 0, vectors, done, length);
      done += length;
    }
    return new Table(List.copyOf(names.subList(0, taken)), vectors, dimension);
  }

  /**
   * Words and their vectors.
   *
   * @param words in the order of the file
   * @param vectors [words, dimension]
   * @param dimension of each
   */
  @SuppressWarnings("ArrayRecordComponent") // read, not compared
  public record Table(List<String> words, float[] vectors, int dimension) {}

  private static JavaRDD<byte[]> parquet(SparkSession spark, String path) {
    Dataset<Row> table = spark.read().parquet(path).select("id", "word", "count", "vector");
    return table.sort("id").javaRDD().mapPartitions(VectorReader::blocks);
  }

  private static Iterator<byte[]> blocks(Iterator<Row> rows) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public byte[] next() {
        Row row = rows.next();
        BlockBuilder block = new BlockBuilder(row.getInt(0), row.getList(3).size());
        block.add(row);
        while (rows.hasNext() && block.size() < WORDS_PER_BLOCK) {
          block.add(rows.next());
        }
        return block.build().toBytes();
      }
    };
  }

  private static Words open(String path, Configuration hadoop) {
    try {
      Path file = new Path(path);
      InputStream raw = new BufferedInputStream(file.getFileSystem(hadoop).open(file), 1 << 20);
      String name = path.endsWith(".gz") ? path.substring(0, path.length() - 3) : path;
      InputStream in =
          path.endsWith(".gz") ? new BufferedInputStream(new GZIPInputStream(raw), 1 << 20) : raw;
      boolean binary = name.endsWith(".bin");
      return new Words(path, binary ? in : Utf8.open(in, "vectors " + path), binary);
    } catch (IOException e) {
      throw new UncheckedIOException("vectors " + path + " cannot be read", e);
    }
  }

  /** Collects words for one block. */
  private static final class BlockBuilder {
    private final int first;
    private final int dimension;
    private final List<String> words = new ArrayList<>();
    private final List<Long> counts = new ArrayList<>();
    private float[] vectors;

    BlockBuilder(int first, int dimension) {
      this.first = first;
      this.dimension = dimension;
      this.vectors = new float[64 * dimension];
    }

    int size() {
      return words.size();
    }

    void add(Row row) {
      List<Float> values = row.getList(3);
      float[] vector = new float[dimension];
      for (int d = 0; d < dimension; d++) {
        vector[d] = values.get(d);
      }
      add(row.getString(1), row.getLong(2), vector);
    }

    void add(String word, long count, float[] vector) {
      int at = words.size() * dimension;
      if (at == vectors.length) {
        vectors = Arrays.copyOf(vectors, 2 * vectors.length);
      }
      System.arraycopy(vector, 0, vectors, at, dimension);
      words.add(word);
      counts.add(count);
    }

    VectorBlock build() {
      return new VectorBlock(
          first,
          words.toArray(String[]::new),
          counts.stream().mapToLong(count -> count).toArray(),
          Arrays.copyOf(vectors, words.size() * dimension));
    }
  }

  /** The words of a file, a block at a time. */
  private static final class Words implements Iterator<VectorBlock>, AutoCloseable {
    private final String path;
    private final InputStream in;
    private final boolean binary;
    private long offset;
    private long numWords = Long.MAX_VALUE;
    private int dimension;
    private int read;
    private String[] firstLine;

    Words(String path, InputStream in, boolean binary) throws IOException {
      this.path = path;
      this.in = in;
      this.binary = binary;
      String line = line();
      String[] parts = line == null ? new String[0] : line.trim().split("\\s+");
      boolean header = parts.length == 2 && isNumber(parts[0]) && isNumber(parts[1]);
      require(
          header || !binary,
          "vectors %s: the first line should be the number of words and the dimension, found '%s'",
          path,
          line == null ? "" : line.substring(0, Math.min(40, line.length())));
      if (header) {
        numWords = Long.parseLong(parts[0]);
        dimension = Integer.parseInt(parts[1]);
        require(dimension >= 1, "vectors %s: dimension %d in its first line", path, dimension);
      } else if (parts.length > 1) {
        dimension = parts.length - 1;
        firstLine = parts;
      }
    }

    private static boolean isNumber(String text) {
      return text.chars().allMatch(c -> c >= '0' && c <= '9') && text.length() < 10;
    }

    @Override
    public boolean hasNext() {
      try {
        if (read >= numWords) {
          return false;
        }
        if (firstLine != null || numWords != Long.MAX_VALUE) {
          return true;
        }
        in.mark(1);
        boolean more = in.read() >= 0;
        in.reset();
        return more;
      } catch (IOException e) {
        throw new UncheckedIOException("vectors " + path + " cannot be read", e);
      }
    }

    @Override
    public VectorBlock next() {
      if (!hasNext()) {
        throw new NoSuchElementException("all words of " + path + " were taken");
      }
      BlockBuilder block = new BlockBuilder(read, dimension);
      float[] vector = new float[dimension];
      try {
        while (block.size() < WORDS_PER_BLOCK && hasNext()) {
          String word = binary ? binaryWord(vector) : textWord(vector);
          block.add(word, 0, vector);
          read++;
        }
      } catch (IOException e) {
        throw new UncheckedIOException("vectors " + path + " cannot be read", e);
      }
      return block.build();
    }

    private String binaryWord(float[] vector) throws IOException {
      ByteArrayOutputStream word = new ByteArrayOutputStream();
      int c = readByte();
      while (c == '\n') {
        c = readByte();
      }
      for (; c != ' '; c = readByte()) {
        require(
            word.size() < MAX_WORD_BYTES,
            "vectors %s: no end of word %d before byte %d: not a word2vec binary file?",
            path,
            read + 1,
            offset);
        word.write(c);
      }
      byte[] bytes = in.readNBytes(dimension * Float.BYTES);
      offset += bytes.length;
      require(bytes.length == dimension * Float.BYTES, "%s", truncated());
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
      return word.toString(StandardCharsets.UTF_8);
    }

    private int readByte() throws IOException {
      int c = in.read();
      require(c >= 0, "%s", truncated());
      offset++;
      return c;
    }

    private String textWord(float[] vector) throws IOException {
      long begin = offset;
      String[] parts = firstLine;
      if (parts == null) {
        String line = line();
        require(line != null, "%s", truncated());
        parts = line.trim().split("\\s+");
      }
      firstLine = null;
      require(
          parts.length == dimension + 1,
          "vectors %s: word %d at byte %d has %d numbers instead of %d",
          path,
          read + 1,
          begin,
          parts.length - 1,
          dimension);
      for (int d = 0; d < dimension; d++) {
        try {
          vector[d] = Float.parseFloat(parts[d + 1]);
        } catch (NumberFormatException e) {
          throw new IllegalArgumentException(
              "vectors %s: word %d at byte %d: '%s' is no number"
                  .formatted(path, read + 1, begin, parts[d + 1]),
              e);
        }
      }
      return parts[0];
    }

    private String truncated() {
      return "vectors %s: the file ends at byte %d, in word %d of %s"
          .formatted(path, offset, read + 1, numWords == Long.MAX_VALUE ? "?" : numWords);
    }

    /** The next line without its end; null at the end of the file. */
    private String line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      int c = in.read();
      if (c < 0) {
        return null;
      }
      for (; c >= 0 && c != '\n'; c = in.read()) {
        line.write(c);
      }
      offset += line.size() + (c < 0 ? 0 : 1);
      return line.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
      try {
        in.close();
      } catch (IOException e) {
        throw new UncheckedIOException("vectors " + path + " cannot be closed", e);
      }
    }
  }
}
