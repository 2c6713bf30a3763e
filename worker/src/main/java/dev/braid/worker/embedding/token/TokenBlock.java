package dev.braid.worker.embedding.token;

import static dev.braid.worker.Check.require;

import dev.braid.worker.embedding.Frame;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToLongFunction;

/**
 * The texts one logical worker trains on in one round, coded by the block's own words.
 *
 * @param ids distinct word ids of this block, ascending
 * @param counts how often each of them occurs in the whole corpus, [ids]
 * @param tokens all texts one after the other, indices into {@code ids}
 * @param textEnds where each text ends in {@code tokens}
 */
@SuppressWarnings("ArrayRecordComponent") // moved, never compared
public record TokenBlock(int[] ids, long[] counts, int[] tokens, int[] textEnds) {
  public TokenBlock {
    require(ids.length == counts.length, "%d ids but %d counts", ids.length, counts.length);
    require(
        textEnds.length == 0 ? tokens.length == 0 : textEnds[textEnds.length - 1] == tokens.length,
        "the texts of a block must end at its %d tokens",
        tokens.length);
  }

  /** The block of these texts, coded by word ids. */
  public static TokenBlock of(int[] wordIds, int[] textEnds, IntToLongFunction count) {
    int[] distinct = Arrays.stream(wordIds).distinct().sorted().toArray();
    long[] counts = Arrays.stream(distinct).mapToLong(count).toArray();
    int[] tokens = Arrays.stream(wordIds).map(id -> Arrays.binarySearch(distinct, id)).toArray();
    return new TokenBlock(distinct, counts, tokens, textEnds);
  }

  /** These texts as a block of their own. */
  public TokenBlock slice(int fromText, int endText) {
    int from = fromText == 0 ? 0 : textEnds[fromText - 1];
    int end = endText == 0 ? 0 : textEnds[endText - 1];
    int[] codes = new int[ids.length];
    for (int t = from; t < end; t++) {
      codes[tokens[t]] = 1;
    }
    int size = 0;
    int[] sliceIds = new int[ids.length];
    long[] sliceCounts = new long[ids.length];
    for (int word = 0; word < ids.length; word++) {
      if (codes[word] != 0) {
        sliceIds[size] = ids[word];
        sliceCounts[size] = counts[word];
        codes[word] = size++;
      }
    }
    return new TokenBlock(
        Arrays.copyOf(sliceIds, size),
        Arrays.copyOf(sliceCounts, size),
        Arrays.stream(tokens, from, end).map(token -> codes[token]).toArray(),
        Arrays.stream(textEnds, fromText, endText).map(e -> e - from).toArray());
  }

  /** All texts of these blocks, in this order, as one block. */
  public static TokenBlock concat(List<TokenBlock> blocks) {
    int[] ids =
        blocks.stream().flatMapToInt(b -> Arrays.stream(b.ids)).sorted().distinct().toArray();
    long[] counts = new long[ids.length];
    int[] tokens = new int[blocks.stream().mapToInt(b -> b.tokens.length).sum()];
    int[] ends = new int[blocks.stream().mapToInt(b -> b.textEnds.length).sum()];
    int numTokens = 0;
    int numTexts = 0;
    for (TokenBlock block : blocks) {
      int[] codes = new int[block.ids.length];
      for (int word = 0; word < codes.length; word++) {
        codes[word] = Arrays.binarySearch(ids, block.ids[word]);
        counts[codes[word]] = block.counts[word];
      }
      for (int end : block.textEnds) {
        ends[numTexts++] = numTokens + end;
      }
      for (int token : block.tokens) {
        tokens[numTokens++] = codes[token];
      }
    }
    return new TokenBlock(ids, counts, tokens, ends);
  }

  /** As bytes. */
  public byte[] toBytes() {
    return Frame.write(Frame.Kind.TOKENS).put(ids).put(counts).put(tokens).put(textEnds).toBytes();
  }

  /** From bytes. */
  public static TokenBlock fromBytes(byte[] bytes) {
    Frame.Reader frame = Frame.read(bytes, Frame.Kind.TOKENS);
    return new TokenBlock(frame.nextInts(), frame.nextLongs(), frame.nextInts(), frame.nextInts());
  }
}
