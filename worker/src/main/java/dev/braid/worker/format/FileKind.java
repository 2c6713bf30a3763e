package dev.braid.worker.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Kinds of files that are no text, told by their first bytes whatever their names say. */
enum FileKind {
  EXCEL("an Excel workbook", "save the sheet as CSV", 'P', 'K', 3, 4) {
    @Override
    boolean isOf(byte[] head) {
      return super.isOf(head)
          && new String(head, StandardCharsets.ISO_8859_1).contains("[Content_Types].xml");
    }
  },
  OLD_EXCEL(
      "an Excel workbook or another file of Office",
      "save the sheet as CSV",
      0xD0,
      0xCF,
      0x11,
      0xE0),
  ZIP("a zip archive", "unpack it", 'P', 'K', 3, 4),
  GZIP("packed by gzip", "give it a name that ends in .gz, or unpack it", 0x1F, 0x8B),
  BZIP2("packed by bzip2", "give it a name that ends in .bz2, or unpack it", 'B', 'Z', 'h'),
  ZSTD("packed by zstd", "unpack it, or pack it with gzip", 0x28, 0xB5, 0x2F, 0xFD),
  XZ("packed by xz", "unpack it", 0xFD, '7', 'z', 'X', 'Z'),
  PARQUET("a Parquet file", "read it as parquet: {path: ...}", 'P', 'A', 'R', '1'),
  ORC("an ORC file", "write it as Parquet or CSV", 'O', 'R', 'C'),
  AVRO("an Avro file", "write it as Parquet or CSV", 'O', 'b', 'j', 1),
  ARROW("an Arrow or Feather file", "write it as Parquet or CSV", 'A', 'R', 'R', 'O', 'W', '1'),
  HDF5("an HDF5 file", "write it as Parquet or CSV", 0x89, 'H', 'D', 'F'),
  NUMPY(
      "a NumPy file",
      "write it as CSV: numpy.savetxt(..., delimiter=',')",
      0x93,
      'N',
      'U',
      'M',
      'P',
      'Y'),
  SQLITE("an SQLite database", "write the table as CSV", 'S', 'Q', 'L', 'i', 't', 'e', ' '),
  PNG("a PNG picture", "pictures are read as images: {path: ...}", 0x89, 'P', 'N', 'G'),
  JPEG("a JPEG picture", "pictures are read as images: {path: ...}", 0xFF, 0xD8, 0xFF);

  private final String words;
  private final String wayOut;

  /** The first bytes, as the letters of Latin-1. */
  private final String magic;

  FileKind(String words, String wayOut, int... magic) {
    this.words = words;
    this.wayOut = wayOut;
    this.magic = new String(magic, 0, magic.length);
  }

  /**
   * What is said of a file that begins with these bytes; empty where they may be text.
   *
   * @param head the first {@link Utf8#HEAD_BYTES} bytes, or all of a shorter file
   */
  static Optional<String> problem(byte[] head) {
    return hasControls(head)
        ? Arrays.stream(values())
            .filter(kind -> kind.isOf(head))
            .findFirst()
            .map(kind -> "no text, but %s; %s".formatted(kind.words, kind.wayOut))
        : Optional.empty();
  }

  boolean isOf(byte[] head) {
    return new String(head, StandardCharsets.ISO_8859_1).startsWith(magic);
  }

  /** Whether there are bytes that no text has: a text may begin as some of these files do. */
  private static boolean hasControls(byte[] head) {
    for (byte b : head) {
      if (b >= 0 && b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f') {
        return true;
      }
    }
    return false;
  }
}
