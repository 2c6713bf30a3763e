package dev.braid.worker.glove;

import static dev.braid.worker.Check.require;

import dev.braid.worker.embedding.Frame;
import dev.braid.worker.embedding.token.TokenBlock;
import dev.braid.worker.random.SplitMix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Co-occurrences counted so far in one block of the matrix. Word id belongs to block id mod P, so
 * that every block has its share of frequent words; its place there is id / P.
 *
 * <p>A pair at distance d counts 1/d, kept as a whole number of {@link #UNIT}ths: sums of whole
 * numbers are the same in any order. The unit is the least common multiple of 1 to 20, so up to
 * that window nothing is rounded.
 *
 * @param rows place of each cell's row
 * @param columns place of each cell's column
 * @param counts in 1/{@link #UNIT}
 */
@SuppressWarnings("ArrayRecordComponent") // moved, never compared
public record CellCounts(int[] rows, int[] columns, long[] counts) {
  /** What one co-occurrence at distance 1 counts. */
  static final long UNIT = 232_792_560;

  private static final int RADIX_BITS = 11;

  public CellCounts {
    require(
        rows.length == columns.length && rows.length == counts.length,
        "%d rows, %d columns, %d counts",
        rows.length,
        columns.length,
        counts.length);
  }

  /**
   * Counts a block of texts.
   *
   * @param numBlocks P
   * @param numTokens of the whole corpus
   * @param key of the random numbers by which frequent words are left out
   * @return the counts of block (i, j) at i P + j, [P^2]
   */
  public static List<CellCounts> count(
      TokenBlock all, Glove glove, int numBlocks, long numTokens, long key) {
    TokenBlock texts = glove.sample() == 0 ? all : sampled(all, glove, numTokens, key);
    long[] pairs = pairs(texts, glove);
    int n = texts.ids().length;
    Growing[] blocks = new Growing[numBlocks * numBlocks];
    Arrays.setAll(blocks, block -> new Growing());
    for (int at = 0; at < pairs.length; ) {
      long cell = pairs[at] / glove.window().size();
      long count = 0;
      for (; at < pairs.length && pairs[at] / glove.window().size() == cell; at++) {
        count += Math.round((double) UNIT / (pairs[at] % glove.window().size() + 1));
      }
      int row = texts.ids()[(int) (cell / n)];
      int column = texts.ids()[(int) (cell % n)];
      boolean mirrored = glove.window().symmetric();
      add(blocks, numBlocks, row, column, mirrored && row == column ? 2 * count : count);
      if (mirrored && row != column) {
        add(blocks, numBlocks, column, row, count);
      }
    }
    return Arrays.stream(blocks).map(Growing::counts).toList();
  }

  private static TokenBlock sampled(TokenBlock texts, Glove glove, long numTokens, long key) {
    double[] kept =
        Arrays.stream(texts.counts()).mapToDouble(count -> glove.kept(count, numTokens)).toArray();
    SplitMix random = SplitMix.stream(key);
    int[] tokens = new int[texts.tokens().length];
    int[] ends = new int[texts.textEnds().length];
    int size = 0;
    int t = 0;
    for (int text = 0; text < ends.length; text++) {
      for (; t < texts.textEnds()[text]; t++) {
        if (random.nextDouble() < kept[texts.tokens()[t]]) {
          tokens[size++] = texts.tokens()[t];
        }
      }
      ends[text] = size;
    }
    return new TokenBlock(texts.ids(), texts.counts(), Arrays.copyOf(tokens, size), ends);
  }

  /** All pairs of a word and one before it as (row n + column) window + distance - 1, sorted. */
  private static long[] pairs(TokenBlock texts, Glove glove) {
    int window = glove.window().size();
    int[] tokens = texts.tokens();
    long n = texts.ids().length;
    long[] pairs = new long[Math.toIntExact(numPairs(texts, window))];
    int size = 0;
    int begin = 0;
    for (int end : texts.textEnds()) {
      for (int t = begin; t < end; t++) {
        for (int d = 1; d <= window && t - d >= begin; d++) {
          int a = tokens[t];
          int b = tokens[t - d];
          // Of a symmetric matrix only one half is counted.
          boolean swap = glove.window().symmetric() && a > b;
          pairs[size++] = ((swap ? b : a) * n + (swap ? a : b)) * window + d - 1;
        }
      }
      begin = end;
    }
    Arrays.sort(pairs);
    return pairs;
  }

  private static long numPairs(TokenBlock texts, int window) {
    long pairs = 0;
    int begin = 0;
    for (int end : texts.textEnds()) {
      long length = (long) end - begin;
      long full = Math.max(0, length - window);
      long rest = length - full;
      pairs += full * window + rest * (rest - 1) / 2;
      begin = end;
    }
    return pairs;
  }

  private static void add(Growing[] blocks, int numBlocks, int row, int column, long count) {
    blocks[row % numBlocks * numBlocks + column % numBlocks].add(
        row / numBlocks, column / numBlocks, count);
  }

  /** The cells of all parts, each once, sorted by row, then by column. */
  public static CellCounts sum(List<CellCounts> parts) {
    int size = parts.stream().mapToInt(part -> part.rows.length).reduce(0, Math::addExact);
    int[] rows = new int[size];
    int[] columns = new int[size];
    long[] counts = new long[size];
    int at = 0;
    for (CellCounts part : parts) {
      System.arraycopy(part.rows, 0, rows, at, part.rows.length);
      System.arraycopy(part.columns, 0, columns, at, part.rows.length);
      System.arraycopy(part.counts, 0, counts, at, part.rows.length);
      at += part.rows.length;
    }
    int[] order = sorted(rows, sorted(columns, null));
    Growing sums = new Growing();
    for (int i : order) {
      sums.addSorted(rows[i], columns[i], counts[i]);
    }
    return sums.counts();
  }

  /** Radix sort: the indices in {@code order}, stably sorted by their values. */
  private static int[] sorted(int[] values, int[] order) {
    int[] from = order;
    if (from == null) {
      from = new int[values.length];
      Arrays.setAll(from, i -> i);
    }
    int[] to = new int[values.length];
    int highest = Arrays.stream(values).max().orElse(0);
    for (int shift = 0; shift == 0 || highest >>> shift > 0; shift += RADIX_BITS) {
      int[] starts = new int[(1 << RADIX_BITS) + 1];
      for (int value : values) {
        starts[(value >>> shift & (1 << RADIX_BITS) - 1) + 1]++;
      }
      for (int digit = 0; digit < 1 << RADIX_BITS; digit++) {
        starts[digit + 1] += starts[digit];
      }
      for (int i : from) {
        to[starts[values[i] >>> shift & (1 << RADIX_BITS) - 1]++] = i;
      }
      int[] free = from;
      from = to;
      to = free;
      if (shift + RADIX_BITS >= Integer.SIZE) {
        break;
      }
    }
    return from;
  }

  /** Cells that come one by one. */
  private static final class Growing {
    private int[] rows = new int[16];
    private int[] columns = new int[16];
    private long[] counts = new long[16];
    private int size;

    void add(int row, int column, long count) {
      if (size == rows.length) {
        rows = Arrays.copyOf(rows, 2 * size);
        columns = Arrays.copyOf(columns, 2 * size);
        counts = Arrays.copyOf(counts, 2 * size);
      }
      rows[size] = row;
      columns[size] = column;
      counts[size++] = count;
    }

    void addSorted(int row, int column, long count) {
      if (size > 0 && rows[size - 1] == row && columns[size - 1] == column) {
        counts[size - 1] += count;
      } else {
        add(row, column, count);
      }
    }

    CellCounts counts() {
      return new CellCounts(
          Arrays.copyOf(rows, size), Arrays.copyOf(columns, size), Arrays.copyOf(counts, size));
    }
  }

  /** As bytes. */
  public byte[] toBytes() {
    return Frame.write(Frame.Kind.COUNTS).put(rows).put(columns).put(counts).toBytes();
  }

  /** From bytes. */
  public static CellCounts fromBytes(byte[] bytes) {
    Frame.Reader frame = Frame.read(bytes, Frame.Kind.COUNTS);
    return new CellCounts(frame.nextInts(), frame.nextInts(), frame.nextLongs());
  }

  /** The parts that these frames hold. */
  public static List<CellCounts> fromAll(Iterable<byte[]> frames) {
    List<CellCounts> parts = new ArrayList<>();
    frames.forEach(bytes -> parts.add(fromBytes(bytes)));
    return parts;
  }
}
