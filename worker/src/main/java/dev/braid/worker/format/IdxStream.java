package dev.braid.worker.format;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** The examples of an IDX file, one after another, whether it is packed with gzip or not. */
public final class IdxStream implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final String name;
  private final boolean packed;
  private final DataInputStream in;
  private final IdxHeader header;
  private int numRead;

  /**
   * Reads the header.
   *
   * @param name of the file, for messages
   * @throws IllegalArgumentException if it is not an IDX file
   */
  public IdxStream(InputStream raw, String name) throws IOException {
    this.name = name;
    InputStream buffered = new BufferedInputStream(raw, BUFFER_BYTES);
    buffered.mark(2);
    this.packed = buffered.read() == 0x1F && buffered.read() == 0x8B;
    buffered.reset();
    this.in =
        new DataInputStream(
            packed
                ? new BufferedInputStream(new GZIPInputStream(buffered, BUFFER_BYTES), BUFFER_BYTES)
                : buffered);
    this.header = IdxHeader.read(in, name);
  }

  /** What the file is called in messages. */
  public String name() {
    return name;
  }

  /** What the file says of itself. */
  public IdxHeader header() {
    return header;
  }

  /** Whether the file is packed with gzip. */
  public boolean isPacked() {
    return packed;
  }

  /** Examples read so far. */
  public int numRead() {
    return numRead;
  }

  /** Bytes of one example. */
  public int exampleBytes() {
    return header.width() * header.type().numBytes();
  }

  /**
   * Fills {@code values} with the next example's.
   *
   * @throws IllegalArgumentException if the file ends before
   */
  public void read(byte[] values) throws IOException {
    try {
      in.readFully(values);
      numRead++;
    } catch (EOFException e) {
      throw new WrongSettings(
          "%s ends in row %d; its header names %d rows"
              .formatted(name, numRead + 1, header.count()),
          e);
    }
  }

  /**
   * Reads on to the end.
   *
   * @throws IllegalArgumentException unless the file ends where its header says
   */
  public void requireEnd() throws IOException {
    byte[] example = new byte[exampleBytes()];
    while (numRead < header.count()) {
      read(example);
    }
    require(in.read() < 0, "%s goes on after the %d rows its header names", name, header.count());
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
