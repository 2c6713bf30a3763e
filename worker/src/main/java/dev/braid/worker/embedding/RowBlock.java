package dev.braid.worker.embedding;

import static dev.braid.worker.Check.require;

import dev.braid.worker.random.SplitMix;
import java.util.Arrays;
import java.util.List;

/**
 * All rows of a range of words: one piece of the row table.
 *
 * @param block its number
 * @param first id of its first word
 * @param counts how often each word occurs in the corpus, [numWords]
 * @param inputs rows of words as contexts: the vectors that people use, [numWords, dimension]
 * @param outputs rows of words as targets, [numWords, dimension]
 */
@SuppressWarnings("ArrayRecordComponent") // moved, never compared
public record RowBlock(int block, int first, long[] counts, float[] inputs, float[] outputs) {
  private static final int MAX_BYTES = 1 << 24;
  private static final double NEGATIVE_POWER = 0.75;

  public RowBlock {
    require(
        inputs.length == outputs.length, "matrices of %d and %d", inputs.length, outputs.length);
  }

  /** Words in every block but the last: a power of two, so that both matrices stay in 16 MiB. */
  public static int wordsPerBlock(int dimension) {
    return Math.max(1, Integer.highestOneBit(MAX_BYTES / (2 * Float.BYTES * dimension)));
  }

  /**
   * Rows as training starts: inputs even in +-4/dimension, outputs zero. The original word2vec
   * starts in +-1/(2 dimension); vectors of small corpora are better for starting larger (one epoch
   * of 23 M words: mean Spearman +0.02).
   */
  public static RowBlock initial(int block, int first, long[] counts, int dimension, long seed) {
    float[] inputs = new float[counts.length * dimension];
    for (int word = 0; word < counts.length; word++) {
      SplitMix random = SplitMix.stream(SplitMix.key(seed, first + word));
      for (int d = 0; d < dimension; d++) {
        inputs[word * dimension + d] = (float) ((random.nextDouble() - 0.5) * 8 / dimension);
      }
    }
    return new RowBlock(block, first, counts, inputs, new float[inputs.length]);
  }

  /** What the block weighs when negatives are drawn: the sum of its words' counts^0.75. */
  public static double negativeWeight(long[] counts) {
    double sum = 0;
    for (long count : counts) {
      sum += negativeWeight(count);
    }
    return sum;
  }

  private static double negativeWeight(long count) {
    return StrictMath.pow((double) count, NEGATIVE_POWER);
  }

  /** Length of a row. */
  public int dimension() {
    return inputs.length / counts.length;
  }

  /**
   * The rows a task needs: of {@code wordIds} both, of the negatives drawn the outputs.
   *
   * @param wordIds words of this block, ascending
   * @param numNegatives to draw from this block, by count^0.75
   * @param key of the random numbers
   */
  public RowSlice select(int shard, int[] wordIds, int numNegatives, long key) {
    int[] drawn = new int[counts.length];
    if (numNegatives > 0) {
      AliasTable table =
          new AliasTable(Arrays.stream(counts).mapToDouble(RowBlock::negativeWeight).toArray());
      SplitMix random = SplitMix.stream(key);
      for (int i = 0; i < numNegatives; i++) {
        drawn[table.next(random)]++;
      }
    }
    RowSet inputRows = new RowSet(wordIds, new int[wordIds.length], gather(inputs, wordIds));
    int[] outputIds = withDrawn(wordIds, drawn);
    int[] times = Arrays.stream(outputIds).map(id -> drawn[id - first]).toArray();
    return new RowSlice(
        shard, block, inputRows, new RowSet(outputIds, times, gather(outputs, outputIds)));
  }

  private int[] withDrawn(int[] wordIds, int[] drawn) {
    boolean[] needed = new boolean[counts.length];
    for (int id : wordIds) {
      needed[id - first] = true;
    }
    int[] ids = new int[counts.length];
    int size = 0;
    for (int i = 0; i < needed.length; i++) {
      if (needed[i] || drawn[i] > 0) {
        ids[size++] = first + i;
      }
    }
    return Arrays.copyOf(ids, size);
  }

  private float[] gather(float[] matrix, int[] ids) {
    int dimension = dimension();
    float[] values = new float[ids.length * dimension];
    for (int i = 0; i < ids.length; i++) {
      System.arraycopy(matrix, (ids[i] - first) * dimension, values, i * dimension, dimension);
    }
    return values;
  }

  /**
   * This block after a round, with the rows that several workers trained from here merged.
   *
   * <p>A worker that touches a row n times moves it a part p(n) = 1 - (1-a)^n of the way to where
   * its texts want it, a = saturation x learning rate. So the workers' changes D_w tell the wanted
   * place, their mean weighted by how much of it each has seen, and all their touches together
   * would have moved the row p(sum of n_w) of that way:
   *
   * <pre>  row + p(sum n_w) * sum D_w / sum p(n_w)</pre>
   *
   * <p>Rare words add up as if trained by one worker after the other, frequent ones average. One
   * worker's row stays as it is. Sums run in the slices' order, in double precision.
   *
   * @param slices what came back, in the order of the shards
   * @param touchRate a
   */
  public RowBlock merge(List<RowSlice> slices, double touchRate) {
    return new RowBlock(
        block,
        first,
        counts,
        merge(inputs, slices.stream().map(RowSlice::inputs).toList(), touchRate),
        merge(outputs, slices.stream().map(RowSlice::outputs).toList(), touchRate));
  }

  private float[] merge(float[] matrix, List<RowSet> sets, double touchRate) {
    int dimension = dimension();
    float[] merged = matrix.clone();
    int[] next = new int[sets.size()];
    int[] at = new int[sets.size()];
    double logKept = StrictMath.log1p(-Math.min(touchRate, 0.5));
    double[] change = new double[dimension];
    for (int word = 0; word < counts.length; word++) {
      long touches = 0;
      double parts = 0;
      int numSets = 0;
      for (int s = 0; s < sets.size(); s++) {
        RowSet set = sets.get(s);
        if (next[s] < set.ids().length && set.ids()[next[s]] == first + word) {
          touches += set.touches()[next[s]];
          parts -= StrictMath.expm1(logKept * set.touches()[next[s]]);
          at[numSets++] = s;
        }
      }
      if (numSets == 1) {
        int s = at[0];
        System.arraycopy(
            sets.get(s).values(), next[s]++ * dimension, merged, word * dimension, dimension);
      } else if (numSets > 1) {
        Arrays.fill(change, 0);
        for (int i = 0; i < numSets; i++) {
          int s = at[i];
          addChange(change, matrix, word * dimension, sets.get(s).values(), next[s]++ * dimension);
        }
        double gain = -StrictMath.expm1(logKept * touches) / parts;
        for (int d = 0; d < dimension; d++) {
          int index = word * dimension + d;
          merged[index] = (float) (matrix[index] + gain * change[d]);
        }
      }
    }
    return merged;
  }

  private static void addChange(double[] change, float[] old, int oldAt, float[] now, int nowAt) {
    for (int d = 0; d < change.length; d++) {
      change[d] += (double) now[nowAt + d] - old[oldAt + d];
    }
  }

  /** As bytes. */
  public byte[] toBytes() {
    long size =
        5L * Integer.BYTES + (long) Long.BYTES * counts.length + 2L * Float.BYTES * inputs.length;
    Frame.Writer frame = Frame.write(Frame.Kind.BLOCK, size).put(block).put(first);
    return frame.put(counts).put(inputs).put(outputs).toBytes();
  }

  /** From bytes. */
  public static RowBlock fromBytes(byte[] bytes) {
    Frame.Reader frame = Frame.read(bytes, Frame.Kind.BLOCK);
    return new RowBlock(
        frame.nextInt(),
        frame.nextInt(),
        frame.nextLongs(),
        frame.nextFloats(),
        frame.nextFloats());
  }
}
