package dev.braid.worker.format;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Named pieces of the files that are made of such: PNG and WebP. */
final class Chunks {
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final int WEBP_HEAD = 12;

  private Chunks() {}

  static boolean isPng(byte[] file) {
    return file.length > PNG.length && Arrays.equals(file, 0, PNG.length, PNG, 0, PNG.length);
  }

  static boolean isWebp(byte[] file) {
    return file.length > WEBP_HEAD && name(file, 0).equals("RIFF") && name(file, 8).equals("WEBP");
  }

  /** The content of the first chunk of this name in a PNG or WebP file; empty where none is. */
  static byte[] find(byte[] file, String name) {
    boolean png = isPng(file);
    ByteBuffer left = ByteBuffer.wrap(file).position(png ? PNG.length : WEBP_HEAD);
    left.order(png ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    try {
      while (left.remaining() > 2 * Integer.BYTES) {
        int at = left.position();
        int length = left.getInt(png ? at : at + Integer.BYTES);
        int content = at + 2 * Integer.BYTES;
        if (length < 0 || length > file.length - content) {
          return new byte[0];
        }
        if (name(file, png ? at + Integer.BYTES : at).equals(name)) {
          return Arrays.copyOfRange(file, content, content + length);
        }
        int behind = png ? Integer.BYTES : length % 2; // a checksum, or what makes it even
        left.position(Math.min(file.length, content + length + behind));
      }
    } catch (BufferUnderflowException e) { // the file ends too early, which its reader says
      return new byte[0];
    }
    return new byte[0];
  }

  private static String name(byte[] file, int at) {
    return new String(file, at, Integer.BYTES, StandardCharsets.ISO_8859_1);
  }
}
