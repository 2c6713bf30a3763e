package dev.braid.driver.embedding.vectors;

import static dev.braid.worker.Check.require;

import dev.braid.driver.files.FileContent;
import dev.braid.driver.files.GivenPath;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.format.Utf8;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A file of word vectors while it is read: word2vec's binary or text, or GloVe's text, packed or
 * not; which one its first bytes tell. Each word comes once: of those that occur again only the
 * first counts.
 */
public final class VectorFile implements AutoCloseable {
  private static final int HEAD_BYTES = 1 << 16;
  private static final Pattern ROW = Pattern.compile(".*[ \t][-+]?[0-9.]+([eE][-+]?[0-9]+)?\\s*");
  private static final byte[] PARQUET = {'P', 'A', 'R', '1'};
  private static final byte[] FAST_TEXT = {(byte) 0xba, 0x16, 0x4f, 0x2f};

  private final String path;
  private final InputStream in;
  private final VectorRows rows;
  private final Set<String> known = new HashSet<>();
  private int numDuplicates;
  private int numBroken;
  private boolean ended;

  private VectorFile(String path, InputStream in) throws IOException {
    this.path = path;
    this.in = in;
    this.rows = rows(path, in);
  }

  /**
   * Opens a file.
   *
   * @throws IllegalArgumentException if it is missing, a folder, or holds no vectors
   */
  static VectorFile open(String path, Configuration hadoop) {
    try {
      Path file = GivenPath.of(path);
      FileSystem files = file.getFileSystem(hadoop);
      require(files.exists(file), "vectors %s: no such file or folder", path);
      require(
          files.getFileStatus(file).isFile(),
          "vectors %s: a folder; write a file by output.formats: [word2vec_binary]",
          path);
      InputStream in = new BufferedInputStream(FileContent.open(file, hadoop), 1 << 20);
      try {
        return new VectorFile(path, in);
      } catch (WrongSettings e) {
        in.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("vectors " + path + " cannot be read", e);
    }
  }

  /** Whether a file holds vectors, and not only words, perhaps each with how often it occurs. */
  static boolean isOne(String path, Configuration hadoop) {
    try (VectorFile file = open(path, hadoop)) {
      return file.rows.header().numWords() > 0 || file.rows.header().dimension() > 1;
    } catch (WrongSettings e) {
      return false;
    }
  }

  private static VectorRows rows(String path, InputStream in) throws IOException {
    in.mark(HEAD_BYTES);
    byte[] head = in.readNBytes(HEAD_BYTES);
    in.reset();
    require(
        !startsWith(head, PARQUET),
        "vectors %s: a file of Parquet; name its folder, or write a file by output.formats:"
            + " [word2vec_binary]",
        path);
    require(
        !startsWith(head, FAST_TEXT),
        "vectors %s: a model of fastText, of which subwords are not read; take its .vec file",
        path);
    int mark = Utf8.markBytes(head);
    int end = lineEnd(head);
    Optional<VectorHeader> header =
        VectorHeader.of(new String(head, mark, end - mark, StandardCharsets.ISO_8859_1));
    boolean named = path.replaceFirst("[.](gz|bz2)$", "").endsWith(".bin");
    byte[] behind = Arrays.copyOfRange(head, Math.min(end + 1, head.length), head.length);
    if (header.isPresent() && isBinary(behind, named)) {
      in.skipNBytes(Math.min(head.length, end + 1L));
      return new BinaryVectorRows(path, in, header.get(), end + 1L);
    }
    require(
        !named || isText(head),
        "vectors %s: the first line should be the number of words and the dimension, found '%s'",
        path,
        new String(head, 0, Math.min(40, end), StandardCharsets.UTF_8));
    return new TextVectorRows(path, Utf8.open(in, "vectors " + path));
  }

  /** Whether what follows a header are floats as bytes, whatever the file is called. */
  private static boolean isBinary(byte[] behind, boolean named) {
    String line = new String(behind, 0, lineEnd(behind), StandardCharsets.ISO_8859_1);
    return !ROW.matcher(line).matches() && (named || !isText(behind));
  }

  /** Text has no control characters; numbers as bytes soon have one. */
  private static boolean isText(byte[] bytes) {
    for (byte b : bytes) {
      if (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t') {
        return false;
      }
    }
    return true;
  }

  private static int lineEnd(byte[] head) {
    int end = 0;
    while (end < head.length && head[end] != '\n') {
      end++;
    }
    return end;
  }

  private static boolean startsWith(byte[] head, byte[] begin) {
    return head.length >= begin.length
        && Arrays.equals(head, 0, begin.length, begin, 0, begin.length);
  }

  int dimension() {
    return rows.header().dimension();
  }

  /** Rows that were left out, because an earlier one has their word. */
  int numDuplicates() {
    return numDuplicates;
  }

  /**
   * The next word, whose vector goes into {@code vector}; null after the last.
   *
   * @throws IllegalArgumentException if the file is broken here; says where
   */
  String next(float[] vector) {
    try {
      String word = rows.next(vector);
      while (word != null && !known.add(word)) {
        numDuplicates++;
        word = rows.next(vector);
      }
      if (word == null) {
        end();
      } else if (word.indexOf('\uFFFD') >= 0) {
        numBroken++;
      }
      return word;
    } catch (IOException e) {
      throw new UncheckedIOException("vectors " + path + " cannot be read", e);
    }
  }

  private void end() {
    ended = true;
    require(!known.isEmpty(), "vectors %s: the file has no words", path);
    long found = known.size() + (long) numDuplicates;
    require(
        found >= rows.header().numWords(),
        "vectors %s: the file ends at %s, after %,d words of %,d that its first line speaks of",
        path,
        rows.place(),
        found,
        rows.header().numWords());
  }

  /** What was odd about the rows read so far, in words; for people to be told. */
  List<String> oddities() {
    List<String> oddities = new ArrayList<>();
    if (numDuplicates > 0) {
      oddities.add(
          "vectors %s: %,d rows have a word that an earlier row has; the first of a word counts"
              .formatted(path, numDuplicates));
    }
    if (numBroken > 0) {
      oddities.add(
          "vectors %s: %,d words are no UTF-8; their broken characters are read as \uFFFD"
              .formatted(path, numBroken));
    }
    long found = known.size() + (long) numDuplicates;
    if (ended && rows.header().numWords() > 0 && found > rows.header().numWords()) {
      oddities.add(
          "vectors %s: the first line speaks of %,d words, but there are %,d; all are read"
              .formatted(path, rows.header().numWords(), found));
    }
    return oddities;
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw new UncheckedIOException("vectors " + path + " cannot be closed", e);
    }
  }
}
