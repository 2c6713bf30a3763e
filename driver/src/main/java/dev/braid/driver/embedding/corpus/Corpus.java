package dev.braid.driver.embedding.corpus;

import static dev.braid.worker.Check.require;

import dev.braid.driver.files.FileContent;
import dev.braid.driver.files.GivenPath;
import dev.braid.driver.table.Iterators;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.embedding.token.CorpusChunk;
import dev.braid.worker.embedding.token.CorpusChunks;
import dev.braid.worker.embedding.token.Tokenizer;
import dev.braid.worker.format.Utf8;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.lib.input.FileInputFormat;
import org.apache.hadoop.mapreduce.lib.input.TextInputFormat;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * Texts cut into words, one per line of the files, coded chunk by chunk with a dictionary each. The
 * chunks depend on the files alone, not on the cluster.
 *
 * @param chunks frames of {@link CorpusChunk}, cached; one partition per file split
 */
public record Corpus(JavaRDD<byte[]> chunks) implements AutoCloseable {
  private static final long MAX_SPLIT_BYTES = 32 << 20;

  /** So many files are looked into before the run; lines of others with zero bytes are broken. */
  private static final int MAX_LOOKED_INTO = 1000;

  /**
   * Reads text files: plain, gz or bz2.
   *
   * @param path a file, a folder (read with its subfolders) or a pattern, on any Hadoop file system
   * @param tokenizer see {@link Tokenizer#of}
   * @throws IllegalArgumentException if there is no such file, or one in another encoding
   */
  public static Corpus read(SparkSession spark, String path, String tokenizer) {
    JavaSparkContext sc = new JavaSparkContext(spark.sparkContext());
    Tokenizer.of(tokenizer); // a wrong name fails here, not in a task
    try {
      Job job = Job.getInstance(sc.hadoopConfiguration());
      FileInputFormat.setInputPaths(job, files(path, sc.hadoopConfiguration()));
      FileInputFormat.setMaxInputSplitSize(job, MAX_SPLIT_BYTES);
      JavaRDD<byte[]> chunks =
          sc.newAPIHadoopRDD(
                  job.getConfiguration(), TextInputFormat.class, LongWritable.class, Text.class)
              .values()
              .mapPartitionsWithIndex((split, lines) -> chunks(lines, tokenizer, split), true)
              .persist(StorageLevel.MEMORY_AND_DISK());
      return new Corpus(chunks);
    } catch (IOException e) {
      throw new WrongSettings("corpus " + path + ": " + e.getMessage(), e);
    }
  }

  /** Number of file splits. */
  int numSplits() {
    return chunks.getNumPartitions();
  }

  /** Lines left out because they are no UTF-8. */
  public long brokenLines() {
    return chunks.map(bytes -> CorpusChunk.fromBytes(bytes).brokenLines()).fold(0L, Long::sum);
  }

  /** Texts that were read, about one a line. */
  public long numTexts() {
    return chunks
        .map(bytes -> (long) CorpusChunk.fromBytes(bytes).textEnds().length)
        .fold(0L, Long::sum);
  }

  @Override
  public void close() {
    chunks.unpersist();
  }

  private static Iterator<byte[]> chunks(Iterator<Text> lines, String tokenizer, int split) {
    Iterator<ByteBuffer> buffers =
        Iterators.map(lines, line -> ByteBuffer.wrap(line.getBytes(), 0, line.getLength()));
    return Iterators.map(
        new CorpusChunks(buffers, Tokenizer.of(tokenizer), split), CorpusChunk::toBytes);
  }

  /** Single lines may be broken, but not the encoding of the file. */
  private static void requireUtf8(Path file, Configuration hadoop) throws IOException {
    try (InputStream in = FileContent.open(file, hadoop)) {
      Utf8.problem(in.readNBytes(Utf8.HEAD_BYTES))
          .ifPresent(
              problem -> {
                throw new WrongSettings("corpus " + file + ": " + problem);
              });
    }
  }

  /** All files, in the order of their names: a file system may list them in any. */
  private static Path[] files(String path, Configuration hadoop) throws IOException {
    Path pattern = GivenPath.of(path);
    FileSystem fileSystem = pattern.getFileSystem(hadoop);
    FileStatus[] found = fileSystem.globStatus(pattern);
    require(found != null && found.length > 0, "corpus %s: no such file or folder", path);
    List<Path> files = new ArrayList<>();
    for (FileStatus status : found) {
      for (RemoteIterator<LocatedFileStatus> all = fileSystem.listFiles(status.getPath(), true);
          all.hasNext(); ) {
        files.add(all.next().getPath());
      }
    }
    files.removeIf(file -> file.getName().startsWith("_") || file.getName().startsWith("."));
    require(!files.isEmpty(), "corpus %s: the folder has no files", path);
    Path[] sorted = files.stream().sorted().toArray(Path[]::new);
    for (Path file : Arrays.copyOf(sorted, Math.min(sorted.length, MAX_LOOKED_INTO))) {
      requireUtf8(file, hadoop);
    }
    return sorted;
  }
}
