package dev.braid.driver.embedding.vectors;

import static dev.braid.worker.Check.require;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * word2vec's binary format: a line with the number of words and the dimension, then of each word
 * its bytes, a blank and its floats, little-endian. A line feed may follow each.
 */
public final class BinaryVectorRows implements VectorRows {
  private static final int MAX_WORD_BYTES = 1 << 16;

  private final String path;
  private final InputStream in;
  private final VectorHeader header;
  private long offset;
  private long rows;

  /**
   * @param in stands behind the header
   * @param offset of its first byte in the file
   */
  BinaryVectorRows(String path, InputStream in, VectorHeader header, long offset) {
    this.path = path;
    this.in = in;
    this.header = header;
    this.offset = offset;
  }

  @Override
  public String next(float[] vector) throws IOException {
    int c = read();
    while (c == '\n') {
      c = read();
    }
    if (c < 0) {
      return null;
    }
    rows++;
    ByteArrayOutputStream word = new ByteArrayOutputStream();
    for (; c != ' '; c = read()) {
      require(c >= 0, "%s", truncated());
      require(
          word.size() < MAX_WORD_BYTES,
          "vectors %s: no end of word %d before byte %d: not a word2vec binary file?",
          path,
          rows,
          offset);
      word.write(c);
    }
    byte[] bytes = in.readNBytes(vector.length * Float.BYTES);
    offset += bytes.length;
    require(bytes.length == vector.length * Float.BYTES, "%s", truncated());
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
    require(word.size() > 0, "vectors %s: word %d before byte %d is empty", path, rows, offset);
    for (float number : vector) {
      require(
          Float.isFinite(number),
          "vectors %s: word %d before byte %d: %s is no finite number",
          path,
          rows,
          offset,
          number);
    }
    return word.toString(StandardCharsets.UTF_8);
  }

  @Override
  public VectorHeader header() {
    return header;
  }

  @Override
  public String place() {
    return "byte " + offset;
  }

  private int read() throws IOException {
    int c = in.read();
    offset += c < 0 ? 0 : 1;
    return c;
  }

  private String truncated() {
    return "vectors %s: the file ends at byte %d, in word %d of %d"
        .formatted(path, offset, rows, header.numWords());
  }
}
