package dev.braid.driver.embedding.corpus;

import dev.braid.driver.embedding.vectors.VectorBlock;
import dev.braid.worker.embedding.Frame;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A range of words of the vocabulary, most frequent first.
 *
 * @param first id of the first word
 * @param words ids {@code first}, {@code first} + 1, ...
 * @param counts how often each word occurs in the corpus, [words]
 */
@SuppressWarnings("ArrayRecordComponent") // moved, never compared
public record VocabularyBlock(int first, String[] words, long[] counts) {
  byte[] toBytes() {
    return Frame.write(Frame.Kind.WORDS).put(first).put(words).put(counts).toBytes();
  }

  public static VocabularyBlock fromBytes(byte[] bytes) {
    Frame.Reader frame = Frame.read(bytes, Frame.Kind.WORDS);
    return new VocabularyBlock(frame.nextInt(), frame.nextStrings(), frame.nextLongs());
  }

  /** These words with their vectors, [words, dimension]. */
  VectorBlock with(float[] vectors) {
    return new VectorBlock(first, words, counts, vectors);
  }

  /** One range from its parts, in whatever order they come. */
  static VocabularyBlock concat(List<VocabularyBlock> parts) {
    List<VocabularyBlock> inOrder =
        parts.stream().sorted(Comparator.comparingInt(VocabularyBlock::first)).toList();
    return new VocabularyBlock(
        inOrder.get(0).first,
        inOrder.stream().flatMap(part -> Arrays.stream(part.words)).toArray(String[]::new),
        inOrder.stream().flatMapToLong(part -> Arrays.stream(part.counts)).toArray());
  }
}
