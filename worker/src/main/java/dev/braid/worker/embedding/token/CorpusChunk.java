package dev.braid.worker.embedding.token;

import dev.braid.worker.embedding.Frame;
import java.util.Arrays;

/**
 * Some texts of the corpus, coded by a dictionary of their own, so that a corpus is cut into words
 * once, before the vocabulary is known.
 *
 * @param number of the chunk in the corpus: the file split it is from in the upper 32 bits, its
 *     place there in the lower
 * @param words the dictionary, in order of first appearance
 * @param counts how often each word occurs here, [words]
 * @param codes all texts one after the other, indices into the dictionary
 * @param textEnds where each text ends in {@code codes}
 * @param brokenLines lines left out because they are no UTF-8
 */
@SuppressWarnings("ArrayRecordComponent") // moved, never compared
public record CorpusChunk(
    long number, String[] words, int[] counts, int[] codes, int[] textEnds, long brokenLines) {

  /**
   * The chunk in word ids.
   *
   * @param ids of the dictionary's words; -1 for those not in the vocabulary, which are left out
   * @param wordCounts how often each word occurs in the whole corpus, [words]
   */
  public TokenBlock toTokens(int[] ids, long[] wordCounts) {
    int[] order = ascending(ids);
    int[] tokenOfCode = new int[ids.length];
    Arrays.fill(tokenOfCode, -1);
    int[] sortedIds = new int[order.length];
    long[] sortedCounts = new long[order.length];
    for (int i = 0; i < order.length; i++) {
      tokenOfCode[order[i]] = i;
      sortedIds[i] = ids[order[i]];
      sortedCounts[i] = wordCounts[order[i]];
    }
    int[] tokens = new int[codes.length];
    int[] ends = new int[textEnds.length];
    int size = 0;
    int at = 0;
    for (int text = 0; text < ends.length; text++) {
      for (; at < textEnds[text]; at++) {
        int token = tokenOfCode[codes[at]];
        if (token >= 0) {
          tokens[size++] = token;
        }
      }
      ends[text] = size;
    }
    return new TokenBlock(sortedIds, sortedCounts, Arrays.copyOf(tokens, size), ends);
  }

  /** Indices of the ids that are not negative, in the order of the ids. */
  private static int[] ascending(int[] ids) {
    long[] keys = new long[ids.length];
    int size = 0;
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] >= 0) {
        keys[size++] = (long) ids[i] << 32 | i;
      }
    }
    Arrays.sort(keys, 0, size);
    return Arrays.stream(keys, 0, size).mapToInt(key -> (int) key).toArray();
  }

  /** As bytes. */
  public byte[] toBytes() {
    Frame.Writer frame = Frame.write(Frame.Kind.CHUNK).put(number).put(words);
    return frame.put(counts).put(codes).put(textEnds).put(brokenLines).toBytes();
  }

  /** From bytes. */
  public static CorpusChunk fromBytes(byte[] bytes) {
    Frame.Reader frame = Frame.read(bytes, Frame.Kind.CHUNK);
    return new CorpusChunk(
        frame.nextLong(),
        frame.nextStrings(),
        frame.nextInts(),
        frame.nextInts(),
        frame.nextInts(),
        frame.nextLong());
  }
}
