package dev.braid.worker.embedding;

import static dev.braid.worker.Check.require;

import java.util.Arrays;
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
