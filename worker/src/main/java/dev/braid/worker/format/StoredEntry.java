package dev.braid.worker.format;

import java.io.IOException;
import java.io.OutputStream;
import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** An entry of a zip, not compressed: the same content gives the same bytes in every time zone. */
public final class StoredEntry {
  /** Any fixed time that a zip can hold. */
  private static final LocalDateTime TIME = LocalDateTime.of(2000, 1, 1, 0, 0);

  private StoredEntry() {}

  /** What goes into an entry; may be called more than once. */
  @FunctionalInterface
  public interface Content {
    /** Writes the same each time and leaves the stream open. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** Appends an entry, whose length and checksum stand before its content. */
  public static void put(ZipOutputStream zip, String name, Content content) throws IOException {
    Measure measure = new Measure();
    content.writeTo(measure);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setTimeLocal(TIME);
    entry.setSize(measure.size);
    entry.setCrc(measure.crc.getValue());
    zip.putNextEntry(entry);
    content.writeTo(zip);
    zip.closeEntry();
  }

  /** Counts and checksums what is written to it. */
  private static final class Measure extends OutputStream {
    private final CRC32 crc = new CRC32();
    private long size;

    @Override
    public void write(int value) {
      crc.update(value);
      size++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      crc.update(bytes, offset, length);
      size += length;
    }
  }
}
