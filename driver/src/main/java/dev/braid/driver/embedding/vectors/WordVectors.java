package dev.braid.driver.embedding.vectors;

import static dev.braid.worker.Check.require;

import dev.braid.driver.table.Digest;
import dev.braid.worker.embedding.token.Tokenizer;
import dev.braid.worker.state.Blocks;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Words and their vectors as a partitioned table, most frequent words first.
 *
 * @param blocks frames of {@link VectorBlock}, ascending over the partitions, cached
 * @param numWords in all
 * @param dimension of every vector
 */
public record WordVectors(JavaRDD<byte[]> blocks, long numWords, int dimension)
    implements AutoCloseable {

  /** The table of these blocks. */
  public static WordVectors of(JavaRDD<byte[]> blocks) {
    JavaRDD<byte[]> cached = blocks.persist(StorageLevel.MEMORY_AND_DISK());
    List<Tuple2<Integer, Integer>> sizes =
        cached
            .map(VectorBlock::fromBytes)
            .map(block -> new Tuple2<>(block.words().length, block.dimension()))
            .collect();
    long numWords = sizes.stream().mapToLong(size -> size._1).sum();
    List<Integer> dimensions = sizes.stream().map(size -> size._2).distinct().sorted().toList();
    require(dimensions.size() <= 1, "the vectors are of dimensions %s, not all of one", dimensions);
    int dimension = dimensions.isEmpty() ? 0 : dimensions.get(0);
    return new WordVectors(cached, numWords, dimension);
  }

  /**
   * These vectors under words without white space, see {@link Tokenizer#joined}; those given are
   * closed.
   */
  public WordVectors joined() {
    WordVectors joined = of(blocks.map(bytes -> VectorBlock.fromBytes(bytes).joined().toBytes()));
    close();
    return joined;
  }

  /** SHA-256 over words and vectors. */
  public String sha256() {
    return Digest.of(blocks);
  }

  /**
   * These vectors, when all their numbers are finite.
   *
   * @throws IllegalStateException when a training has diverged, naming a word; they are closed then
   */
  public WordVectors requireFinite() {
    List<String> diverged =
        blocks
            .map(VectorBlock::fromBytes)
            .filter(block -> !Blocks.isFinite(block.vectors()))
            .map(WordVectors::firstNotFinite)
            .take(1);
    if (!diverged.isEmpty()) {
      close();
      throw new IllegalStateException(
          "the vector of '%s' is not finite after the last round; set learningRate lower"
              .formatted(diverged.get(0)));
    }
    return this;
  }

  private static String firstNotFinite(VectorBlock block) {
    int at = 0;
    while (Float.isFinite(block.vectors()[at])) {
      at++;
    }
    return block.words()[at / block.dimension()];
  }

  @Override
  public void close() {
    blocks.unpersist();
  }
}
