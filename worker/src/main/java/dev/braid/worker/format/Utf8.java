package dev.braid.worker.format;

import dev.braid.worker.WrongSettings;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Text files as Braid reads them: in UTF-8. A byte order mark at the beginning, which some programs
 * write, is no part of the text; UTF-16 and UTF-32 are refused, as their bytes would be taken for
 * other characters without a word.
 */
public final class Utf8 {
  /** How many first bytes of a file are enough to tell its encoding. */
  public static final int HEAD_BYTES = 1024;

  private static final int[] MARK = {0xEF, 0xBB, 0xBF};

  private Utf8() {}

  /**
   * The bytes of a text file without its byte order mark.
   *
   * @param in the file from its first byte on, decompressed
   * @param name of the file, for the message
   * @throws IllegalArgumentException if the file is UTF-16, UTF-32 or no text at all
   */
  public static InputStream open(InputStream in, String name) throws IOException {
    InputStream text = in.markSupported() ? in : new BufferedInputStream(in, 1 << 16);
    text.mark(HEAD_BYTES);
    byte[] head = text.readNBytes(HEAD_BYTES);
    Optional<String> problem = problem(head);
    if (problem.isPresent()) {
      text.close();
      throw new WrongSettings(name + ": " + problem.get());
    }
    text.reset();
    text.skipNBytes(markBytes(head));
    return text;
  }

  /**
   * The characters of a text file without its byte order mark. Where the file is no UTF-8 reading
   * fails with a {@link CharacterCodingException}.
   *
   * @param in the file from its first byte on, decompressed
   * @param name of the file, for the message
   * @throws IllegalArgumentException if the file is UTF-16, UTF-32 or no text at all
   */
  public static BufferedReader reader(InputStream in, String name) throws IOException {
    return new BufferedReader(
        new InputStreamReader(open(in, name), StandardCharsets.UTF_8.newDecoder()), 1 << 16);
  }

  /**
   * All of a text file without its byte order mark.
   *
   * @throws IllegalArgumentException saying why, but not where, if it is no UTF-8
   */
  public static String text(byte[] file) {
    problem(Arrays.copyOf(file, Math.min(file.length, HEAD_BYTES)))
        .ifPresent(
            problem -> {
              throw new WrongSettings(problem);
            });
    int skipped = markBytes(file);
    return text(file, skipped, file.length - skipped);
  }

  /**
   * A line of a file as text.
   *
   * @throws IllegalArgumentException saying why, but not where, if its bytes are no UTF-8
   */
  public static String text(byte[] bytes, int offset, int length) {
    String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') < 0) { // what stands for bytes that are no characters
      return text;
    }
    try {
      ByteBuffer part = ByteBuffer.wrap(bytes, offset, length);
      return StandardCharsets.UTF_8.newDecoder().decode(part).toString();
    } catch (CharacterCodingException e) {
      throw new WrongSettings("not a text in UTF-8", e);
    }
  }

  /** What is said of a file that turns out to be no UTF-8. */
  public static IllegalArgumentException notUtf8(String name, CharacterCodingException e) {
    return new WrongSettings(
        name + ": not a text in UTF-8; convert it: iconv -f LATIN1 -t UTF-8", e);
  }

  /**
   * Why a file that begins with these bytes is not read as text; empty where it is.
   *
   * @param head the first {@link #HEAD_BYTES} bytes, or all of a shorter file
   */
  public static Optional<String> problem(byte[] head) {
    Optional<String> kind = FileKind.problem(head);
    return kind.isPresent() ? kind : encodingProblem(head);
  }

  /** How many bytes of a byte order mark stand at the beginning. */
  public static int markBytes(byte[] head) {
    return startsWith(head, MARK) ? MARK.length : 0;
  }

  private static Optional<String> encodingProblem(byte[] head) {
    String found = otherEncoding(head);
    return found == null
        ? Optional.empty()
        : Optional.of(
            found.isEmpty()
                ? "no text, but bytes of an unknown kind"
                : "the text is %s, but UTF-8 is read; convert it: iconv -f %s -t UTF-8"
                    .formatted(found, found));
  }

  /** The encoding's name; empty where there are more zeros than any text has, null for UTF-8. */
  private static String otherEncoding(byte[] head) {
    if (startsWith(head, 0xFF, 0xFE, 0, 0) || startsWith(head, 0, 0, 0xFE, 0xFF)) {
      return "UTF-32";
    }
    if (startsWith(head, 0xFF, 0xFE) || startsWith(head, 0xFE, 0xFF)) {
      return "UTF-16";
    }
    int[] zeros = new int[4];
    for (int i = 0; i < head.length; i++) {
      zeros[i % 4] += head[i] == 0 ? 1 : 0;
    }
    int even = zeros[0] + zeros[2];
    int odd = zeros[1] + zeros[3];
    if (head.length < 2 || 4 * (even + odd) < head.length) {
      return null;
    }
    if (even > 0 && odd > 0) {
      int characters = head.length / 4;
      return characters > 0 && Math.max(zeros[0], zeros[3]) >= characters ? "UTF-32" : "";
    }
    return even > 0 ? "UTF-16BE" : "UTF-16LE";
  }

  static boolean startsWith(byte[] head, int... bytes) {
    if (head.length < bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if ((head[i] & 0xFF) != bytes[i]) {
        return false;
      }
    }
    return true;
  }
}
