package dev.braid.driver.embedding.vectors;

import static dev.braid.worker.Check.require;

import dev.braid.worker.embedding.Frame;
import dev.braid.worker.embedding.token.Tokenizer;
import java.util.Arrays;

/**
 * A range of words with their vectors.
 *
 * @param first id of the first word
 * @param words ids {@code first}, {@code first} + 1, ...
 * @param counts how often each occurs in the corpus; 0 where a file does not say
 * @param vectors [words, dimension]
 */
@SuppressWarnings("ArrayRecordComponent") // moved, never compared
public record VectorBlock(int first, String[] words, long[] counts, float[] vectors) {
  public VectorBlock {
    require(counts.length == words.length, "%d words, %d counts", words.length, counts.length);
  }

  /** The same vectors under words without white space, see {@link Tokenizer#joined}. */
  VectorBlock joined() {
    return new VectorBlock(
        first, Arrays.stream(words).map(Tokenizer::joined).toArray(String[]::new), counts, vectors);
  }

  public int dimension() {
    return vectors.length / words.length;
  }

  /** A copy of the vector of the {@code i}-th word here. */
  public float[] vector(int i) {
    return Arrays.copyOfRange(vectors, i * dimension(), (i + 1) * dimension());
  }

  public byte[] toBytes() {
    Frame.Writer frame = Frame.write(Frame.Kind.VECTORS).put(first).put(words);
    return frame.put(counts).put(vectors).toBytes();
  }

  public static VectorBlock fromBytes(byte[] bytes) {
    Frame.Reader frame = Frame.read(bytes, Frame.Kind.VECTORS);
    return new VectorBlock(
        frame.nextInt(), frame.nextStrings(), frame.nextLongs(), frame.nextFloats());
  }
}
