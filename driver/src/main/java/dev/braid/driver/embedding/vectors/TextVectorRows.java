package dev.braid.driver.embedding.vectors;

import static dev.braid.worker.Check.require;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Lines of a word and its numbers, apart by blanks or tabs. The first line may be word2vec's, with
 * the number of words and the dimension; in GloVe's files it is a word's. The numbers stand at the
 * end of a line: all before them is the word, which may have blanks in it, as {@code ". . ."} has.
 */
public final class TextVectorRows implements VectorRows {
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?");
  private static final Pattern NOT_FINITE = Pattern.compile("(?i)[-+]?(nan|inf|infinity)");
  private static final int MAX_LINE_BYTES = 1 << 24;
  private static final int SHOWN = 40;

  private final String path;
  private final InputStream in;
  private final ArrayDeque<Line> ahead = new ArrayDeque<>();
  private final VectorHeader header;
  private long offset;
  private int lines;
  private long rows;

  /** A line that is not blank, without white space at its end. */
  private record Line(String text, int number, long offset) {
    /** How many fields at the end are numbers, where the first field is the word. */
    int numbers() {
      String[] fields = text.split("[ \t]+", -1);
      int at = fields.length;
      while (at > 1 && isNumber(fields[at - 1])) {
        at--;
      }
      return fields.length - at;
    }
  }

  TextVectorRows(String path, InputStream in) throws IOException {
    this.path = path;
    this.in = in;
    Line first = read();
    require(first != null, "vectors %s: the file has no words", path);
    Line second = read();
    Optional<VectorHeader> stated =
        VectorHeader.of(first.text).filter(found -> isHeader(found, second));
    if (stated.isEmpty()) {
      ahead.add(first);
    }
    if (second != null) {
      ahead.add(second);
    }
    header = stated.orElseGet(() -> new VectorHeader(0, first.numbers()));
    require(
        header.dimension() > 0,
        "vectors %s: line %d is neither 'words dimension' nor a word and its numbers: '%s'",
        path,
        first.number,
        shown(first.text));
  }

  /** Whether a row follows: two numbers may also be a word and its only number. */
  private static boolean isHeader(VectorHeader found, Line second) {
    return found.dimension() == 1 || second == null || second.numbers() != 1;
  }

  @Override
  public VectorHeader header() {
    return header;
  }

  @Override
  public String place() {
    return "byte " + offset;
  }

  @Override
  public String next(float[] vector) throws IOException {
    Line line = ahead.isEmpty() ? read() : ahead.poll();
    if (line == null) {
      return null;
    }
    rows++;
    int end = line.text.length();
    for (int d = header.dimension() - 1; d >= 0; d--) {
      int begin = fieldBegin(line.text, end);
      require(begin > 0, "%s", miscounted(line));
      vector[d] = number(line, line.text.substring(begin, end));
      end = fieldEnd(line.text, begin);
    }
    require(end > 0, "%s has no word", where(line));
    // A number too many is no part of a word.
    int last = fieldBegin(line.text, end);
    require(last == 0 || !isNumber(line.text.substring(last, end)), "%s", miscounted(line));
    return line.text.substring(0, end);
  }

  private float number(Line line, String field) {
    require(!NOT_FINITE.matcher(field).matches(), "%s: %s is no finite number", where(line), field);
    require(isNumber(field), "%s", miscounted(line));
    float value = Float.parseFloat(field);
    require(Float.isFinite(value), "%s: %s is no finite number", where(line), field);
    return value;
  }

  private String miscounted(Line line) {
    int numbers = line.numbers();
    String[] fields = line.text.split("[ \t]+", -1);
    int dimension = header.dimension();
    return numbers != dimension && numbers == fields.length - 1
        ? "%s has %d numbers instead of %d".formatted(where(line), numbers, dimension)
        : "%s: '%s' is no number; %d are wanted at the end of the line"
            .formatted(where(line), fields[fields.length - 1 - numbers], dimension);
  }

  private String where(Line line) {
    return "vectors %s: line %d, word %d at byte %d"
        .formatted(path, line.number, rows, line.offset);
  }

  private static boolean isNumber(String field) {
    return NUMBER.matcher(field).matches();
  }

  private static int fieldBegin(String text, int end) {
    int begin = end;
    while (begin > 0 && !isBlank(text.charAt(begin - 1))) {
      begin--;
    }
    return begin;
  }

  private static int fieldEnd(String text, int begin) {
    int end = begin;
    while (end > 0 && isBlank(text.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
  }

  private static String shown(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }

  /** The next line that is not blank; null at the end of the file. */
  private Line read() throws IOException {
    while (true) {
      long begin = offset;
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      int c = in.read();
      if (c < 0) {
        return null;
      }
      for (; c >= 0 && c != '\n'; c = in.read()) {
        require(
            line.size() < MAX_LINE_BYTES,
            "vectors %s: no end of line %d: not a text file of vectors?",
            path,
            lines + 1);
        line.write(c);
      }
      offset += line.size() + (c < 0 ? 0 : 1);
      lines++;
      String text = line.toString(StandardCharsets.UTF_8);
      text = text.substring(0, fieldEnd(text, text.length()));
      if (!text.isEmpty()) {
        return new Line(text, lines, begin);
      }
    }
  }
}
