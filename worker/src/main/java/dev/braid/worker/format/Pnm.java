package dev.braid.worker.format;

import static dev.braid.worker.Check.require;

import java.nio.charset.StandardCharsets;

/**
 * The family of plain image formats PBM, PGM and PPM (Netpbm's P1 to P6), which Java does not read:
 * a header of numbers in text, then the samples as text (P1 to P3) or binary (P4 to P6).
 */
final class Pnm {
  private final byte[] file;
  private int at = 2;

  private Pnm(byte[] file) {
    this.file = file;
  }

  static boolean isPnm(byte[] file) {
    return file.length > 2
        && file[0] == 'P'
        && file[1] >= '1'
        && file[1] <= '6'
        && isSpace(file[2]);
  }

  /**
   * The picture in a file for which {@link #isPnm} holds; samples are brought to 0 to 255.
   *
   * @throws IllegalArgumentException if the file is damaged or ends too early
   */
  static Image decode(byte[] file) {
    return new Pnm(file).decode();
  }

  private Image decode() {
    int kind = file[1] - '0';
    boolean bitmap = kind == 1 || kind == 4;
    int channels = kind == 3 || kind == 6 ? 3 : 1;
    int width = number();
    int height = number();
    int max = bitmap ? 1 : number();
    require(
        width > 0
            && height > 0
            && max > 0
            && max < 65536
            && (long) width * height * channels <= (long) Byte.SIZE * file.length,
        "a damaged image: PNM of %d x %d, largest value %d, in %d bytes",
        width,
        height,
        max,
        file.length);
    int size = Math.multiplyExact(width, height);
    int[] samples = new int[Math.multiplyExact(channels, size)];
    if (kind <= 3) {
      for (int i = 0; i < samples.length; i++) {
        samples[i] = bitmap ? 1 - digit() : number();
      }
    } else {
      at++; // the one space that ends the header
      if (bitmap) {
        readBits(samples, width, height);
      } else {
        readSamples(samples, max);
      }
    }
    return new Image(channels, height, width, planes(samples, channels, max));
  }

  /** From one pixel after another to one channel after another. */
  private static byte[] planes(int[] samples, int channels, int max) {
    int size = samples.length / channels;
    byte[] values = new byte[samples.length];
    for (int i = 0; i < samples.length; i++) {
      require(samples[i] <= max, "a damaged image: value %d above %d", samples[i], max);
      int value = (samples[i] * 255 + max / 2) / max;
      values[i % channels * size + i / channels] = (byte) value;
    }
    return values;
  }

  /** In bitmaps 1 is black; each row begins with a new byte. */
  private void readBits(int[] samples, int width, int height) {
    for (int y = 0; y < height; y++) {
      int from = at + y * ((width + 7) / 8);
      for (int x = 0; x < width; x++) {
        samples[y * width + x] = 1 - (read(from + x / 8) >> (7 - x % 8) & 1);
      }
    }
  }

  private void readSamples(int[] samples, int max) {
    for (int i = 0; i < samples.length; i++) {
      samples[i] = max < 256 ? read(at + i) : read(at + 2 * i) << 8 | read(at + 2 * i + 1);
    }
  }

  private int number() {
    skipSpace();
    int from = at;
    while (at < file.length && file[at] >= '0' && file[at] <= '9') {
      at++;
    }
    require(at > from && at - from < 10, "a damaged image: a number is missing at byte %d", from);
    return Integer.parseInt(new String(file, from, at - from, StandardCharsets.US_ASCII));
  }

  /** In text bitmaps the digits need no space between them. */
  private int digit() {
    skipSpace();
    int digit = read(at++) - '0';
    require(digit == 0 || digit == 1, "a damaged image: neither 0 nor 1 at byte %d", at - 1);
    return digit;
  }

  private void skipSpace() {
    while (at < file.length && (isSpace(file[at]) || file[at] == '#')) {
      if (file[at] == '#') {
        while (at < file.length && file[at] != '\n' && file[at] != '\r') {
          at++;
        }
      } else {
        at++;
      }
    }
  }

  private int read(int index) {
    require(index < file.length, "a damaged image: it ends after %d bytes", file.length);
    return file[index] & 0xFF;
  }

  private static boolean isSpace(byte value) {
    return value == ' ' || (value >= '\t' && value <= '\r');
  }
}
