package dev.braid.driver.embedding;

import dev.braid.driver.data.DirectPartitioner;
import dev.braid.driver.files.AtomicWrite;
import dev.braid.worker.WrongSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.IntWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.mapreduce.lib.output.SequenceFileOutputFormat;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Tables of rows on a Hadoop file system, one folder per checkpoint: written aside, then renamed,
 * so that what has its name is whole. The two newest are kept.
 *
 * @param folder of all checkpoints of a run
 * @param fingerprint of the run's settings and data: those of another run are refused
 * @param every rounds between two checkpoints
 * @param warnings gets a sentence for every checkpoint that cannot be used
 */
public record RowCheckpoints(
    String folder, String fingerprint, int every, Consumer<String> warnings) {
  private static final String ROWS = "rows";
  private static final String MANIFEST = "manifest";
  private static final String PREFIX = "round-";
  private static final int NUM_KEPT = 2;

  /**
   * A table and how many rounds it has seen.
   *
   * @param rounds done
   * @param blocks of rows, one partition each
   */
  record Saved(int rounds, JavaPairRDD<Integer, byte[]> blocks) {}

  /** Whether a checkpoint is due after so many rounds. */
  boolean isDue(int rounds) {
    return rounds % every == 0;
  }

  /** Saves a table and gives it back as read from its files: its past is no longer needed. */
  JavaPairRDD<Integer, byte[]> save(
      JavaSparkContext sc, int rounds, JavaPairRDD<Integer, byte[]> blocks) {
    Path target = new Path(folder, PREFIX + "%08d".formatted(rounds));
    Configuration hadoop = sc.hadoopConfiguration();
    try {
      AtomicWrite.folder(target, hadoop, aside -> write(aside, blocks, hadoop));
      FileSystem files = target.getFileSystem(hadoop);
      List<Path> all = newestFirst(files);
      for (Path old : all.subList(Math.min(NUM_KEPT, all.size()), all.size())) {
        files.delete(old, true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("checkpoint " + target + " cannot be written", e);
    }
    return read(sc, target, blocks.getNumPartitions());
  }

  private void write(Path to, JavaPairRDD<Integer, byte[]> blocks, Configuration hadoop)
      throws IOException {
    blocks
        .mapToPair(b -> new Tuple2<>(new IntWritable(b._1), new BytesWritable(b._2)))
        .saveAsNewAPIHadoopFile(
            new Path(to, ROWS).toString(),
            IntWritable.class,
            BytesWritable.class,
            SequenceFileOutputFormat.class);
    String manifest = "%s%n%s%n".formatted(fingerprint, Digest.of(blocks.values()));
    AtomicWrite.file(
        new Path(to, MANIFEST),
        hadoop,
        out -> out.write(manifest.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * The newest checkpoint that is whole and of this run.
   *
   * @param numBlocks of the table
   */
  Optional<Saved> newest(JavaSparkContext sc, int numBlocks) {
    try {
      FileSystem files = new Path(folder).getFileSystem(sc.hadoopConfiguration());
      for (Path path : newestFirst(files)) {
        int rounds = Integer.parseInt(path.getName().substring(PREFIX.length()));
        List<String> manifest = lines(files, new Path(path, MANIFEST));
        if (!manifest.get(0).equals(fingerprint)) {
          throw new WrongSettings(
              "checkpoint %s belongs to a run with other settings or another corpus; remove it or"
                      .formatted(path)
                  + " set another output");
        }
        try {
          JavaPairRDD<Integer, byte[]> blocks = read(sc, path, numBlocks);
          if (Digest.of(blocks.values()).equals(manifest.get(1))) {
            return Optional.of(new Saved(rounds, blocks));
          }
          warnings.accept("checkpoint " + path + " is damaged; taking the one before");
        } catch (Exception e) {
          if (!(e instanceof SparkException)) {
            throw e;
          }
          warnings.accept(
              "checkpoint %s cannot be read (%s); taking the one before"
                  .formatted(path, e.getMessage().lines().findFirst().orElse("")));
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("checkpoints in " + folder + " cannot be read", e);
    }
  }

  /** Block b lies in a file of its own, which partition b reads: nothing is shuffled. */
  private static JavaPairRDD<Integer, byte[]> read(JavaSparkContext sc, Path path, int numBlocks) {
    String rows = new Path(path, ROWS).toString();
    Broadcast<SerializableConfiguration> hadoop =
        sc.broadcast(new SerializableConfiguration(sc.hadoopConfiguration()));
    List<Tuple2<Integer, Integer>> numbers =
        IntStream.range(0, numBlocks).mapToObj(block -> new Tuple2<>(block, block)).toList();
    return sc.parallelizePairs(new ArrayList<>(numbers), numBlocks)
        .partitionBy(new DirectPartitioner(numBlocks))
        .mapValues(block -> block(rows, block, hadoop.value().value()));
  }

  private static byte[] block(String rows, int block, Configuration hadoop) throws IOException {
    Path file = new Path(rows, "part-r-%05d".formatted(block));
    IntWritable number = new IntWritable();
    BytesWritable bytes = new BytesWritable();
    try (SequenceFile.Reader reader =
        new SequenceFile.Reader(hadoop, SequenceFile.Reader.file(file))) {
      if (!reader.next(number, bytes) || number.get() != block) {
        throw new IOException(file + " does not have block " + block);
      }
    }
    return bytes.copyBytes();
  }

  private List<Path> newestFirst(FileSystem files) throws IOException {
    Path root = new Path(folder);
    if (!files.exists(root)) {
      return List.of();
    }
    return Arrays.stream(files.listStatus(root))
        .map(FileStatus::getPath)
        .filter(path -> path.getName().startsWith(PREFIX))
        .sorted(Comparator.comparing(Path::getName).reversed())
        .toList();
  }

  private static List<String> lines(FileSystem files, Path path) throws IOException {
    try (FSDataInputStream in = files.open(path)) {
      List<String> lines =
          new ArrayList<>(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
      lines.addAll(List.of("", ""));
      return lines;
    }
  }
}
