package dev.braid.driver.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.driver.files.AtomicWrite;
import dev.braid.driver.table.Digest;
import dev.braid.driver.table.DirectPartitioner;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.IntWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.mapreduce.lib.output.SequenceFileOutputFormat;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * A checkpoint of a partitioned table, which the executors write and read: a folder with a Hadoop
 * sequence file for every block and a manifest.
 *
 * @param round rounds done
 * @param settings of the run, flat
 * @param blocks of the table by their number, one partition each
 */
public record TableCheckpoint(
    int round, Map<String, String> settings, JavaPairRDD<Integer, byte[]> blocks) implements Saved {
  private static final String BLOCKS = "blocks";
  private static final String MANIFEST = "manifest.json";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private record Manifest(int round, TreeMap<String, String> settings, int blocks, String sha256) {}

  /**
   * Writes it among the others of its run.
   *
   * @return where it lies
   * @throws IOException when it cannot be written: older ones are as they were
   */
  public String writeTo(Checkpoints others, Configuration hadoop) throws IOException {
    return others.write(
        round, target -> AtomicWrite.folder(target, hadoop, folder -> write(this, folder, hadoop)));
  }

  /** The newest one that is whole, see {@link Checkpoints#newest(Map)}. */
  public static Optional<Checkpoints.Found<TableCheckpoint>> newest(
      Checkpoints all, JavaSparkContext sc) {
    return all.newest(path -> read(path, sc));
  }

  private static void write(TableCheckpoint checkpoint, Path folder, Configuration hadoop)
      throws IOException {
    JavaPairRDD<Integer, byte[]> blocks = checkpoint.blocks;
    try {
      blocks
          .mapToPair(b -> new Tuple2<>(new IntWritable(b._1), new BytesWritable(b._2)))
          .saveAsNewAPIHadoopFile(
              new Path(folder, BLOCKS).toString(),
              IntWritable.class,
              BytesWritable.class,
              SequenceFileOutputFormat.class);
      Manifest manifest =
          new Manifest(
              checkpoint.round,
              new TreeMap<>(checkpoint.settings),
              blocks.getNumPartitions(),
              Digest.of(blocks.values()));
      AtomicWrite.file(
          new Path(folder, MANIFEST), hadoop, out -> out.write(JSON.writeValueAsBytes(manifest)));
    } catch (Exception e) { // Scala's methods do not say what they throw
      throw ioException(e);
    }
  }

  private static TableCheckpoint read(Path path, JavaSparkContext sc) throws IOException {
    Manifest manifest = manifest(path, sc.hadoopConfiguration());
    JavaPairRDD<Integer, byte[]> blocks = blocks(path.toString(), manifest.blocks, sc);
    try {
      if (!Digest.of(blocks.values()).equals(manifest.sha256)) {
        throw new IOException("its checksum does not fit");
      }
    } catch (Exception e) { // Scala's methods do not say what they throw
      throw ioException(e);
    }
    return new TableCheckpoint(manifest.round, manifest.settings, blocks);
  }

  private static Manifest manifest(Path path, Configuration hadoop) throws IOException {
    Path file = new Path(path, MANIFEST);
    try (InputStream in = file.getFileSystem(hadoop).open(file)) {
      return JSON.readValue(in, Manifest.class);
    } catch (JsonProcessingException e) {
      throw new IOException("its manifest cannot be read: " + e.getOriginalMessage(), e);
    }
  }

  /** A task that could not write or read, in a line; what is no such thing is thrown on. */
  private static IOException ioException(Exception e) {
    if (e instanceof RuntimeException fault) {
      throw fault;
    }
    return e instanceof IOException io
        ? io
        : new IOException(String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
  }

  /**
   * The table of a checkpoint, read from its files: what it was computed from is no longer needed.
   * Block b lies in a file of its own, which partition b reads: nothing is shuffled.
   *
   * @param path of the checkpoint
   */
  public static JavaPairRDD<Integer, byte[]> blocks(
      String path, int numBlocks, JavaSparkContext sc) {
    String folder = new Path(path, BLOCKS).toString();
    Broadcast<SerializableConfiguration> hadoop =
        sc.broadcast(new SerializableConfiguration(sc.hadoopConfiguration()));
    List<Tuple2<Integer, Integer>> numbers =
        IntStream.range(0, numBlocks).mapToObj(block -> new Tuple2<>(block, block)).toList();
    return sc.parallelizePairs(new ArrayList<>(numbers), numBlocks)
        .partitionBy(new DirectPartitioner(numBlocks))
        .mapValues(block -> block(folder, block, hadoop.value().value()));
  }

  private static byte[] block(String folder, int block, Configuration hadoop) throws IOException {
    Path file = new Path(folder, "part-r-%05d".formatted(block));
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
}
