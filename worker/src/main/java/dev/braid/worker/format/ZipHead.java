package dev.braid.worker.format;

import java.nio.charset.StandardCharsets;

/** The first header of a zip; not by Java's reader, which PyTorch's zips are beyond. */
public final class ZipHead {
  private static final int NAME_LENGTH_AT = 26;
  private static final int HEADER_BYTES = 30;

  private ZipHead() {}

  /** Whether a file is a zip. */
  public static boolean isZip(byte[] head) {
    return head.length > 4 && head[0] == 'P' && head[1] == 'K';
  }

  /** The name of its first entry; empty where there is none. */
  public static String firstEntry(byte[] zip) {
    if (!isZip(zip) || zip.length < HEADER_BYTES) {
      return "";
    }
    int length = (zip[NAME_LENGTH_AT] & 0xFF) | (zip[NAME_LENGTH_AT + 1] & 0xFF) << 8;
    int end = Math.min(zip.length, HEADER_BYTES + length);
    return new String(zip, HEADER_BYTES, end - HEADER_BYTES, StandardCharsets.UTF_8);
  }
}
