package dev.braid.driver.source.row;

import com.univocity.parsers.csv.CsvParser;
import dev.braid.driver.files.FileContent;
import dev.braid.worker.WrongSettings;
import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.catalyst.csv.CSVOptions;
import scala.Predef;
import scala.collection.JavaConverters;

/**
 * How text falls into rows and fields, by the parser of Spark's CSV reader: a value in quotes may
 * hold separators, line breaks, and quotes that are written twice, or behind a backslash.
 *
 * @param separator between two fields
 */
public record CsvParsing(String separator) implements Serializable {
  private static final String MAX_COLUMNS = String.valueOf(1 << 20);
  private static final char QUOTE = '"';

  /** Makes fields of rows; keeps state, so that every thread needs its own. */
  public final class Fields {
    private final CsvParser doubled = parser("\"");
    private CsvParser escaped; // for files whose quotes are written behind a backslash

    /**
     * The fields of a row, null for what is empty.
     *
     * @param expected how many there should be; 0 where that is not known
     */
    public String[] of(String row, int expected) {
      String[] fields = of(doubled, row);
      if (fields.length != expected && expected > 0 && row.contains("\\\"")) {
        escaped = escaped == null ? parser("\\") : escaped;
        String[] others = of(escaped, row);
        return others.length == expected ? others : fields;
      }
      return fields;
    }

    private static String[] of(CsvParser parser, String row) {
      String[] fields = parser.parseLine(row);
      Arrays.setAll(fields, i -> "".equals(fields[i]) ? null : fields[i]);
      return fields;
    }
  }

  /** See {@link Fields}. */
  public Fields fields() {
    return new Fields();
  }

  private CsvParser parser(String escape) {
    Map<String, String> options =
        Map.of(
            "sep",
            separator,
            "escape",
            escape,
            "ignoreLeadingWhiteSpace",
            "true",
            "ignoreTrailingWhiteSpace",
            "true",
            "maxColumns",
            MAX_COLUMNS);
    var scala = JavaConverters.mapAsScalaMapConverter(options).asScala().toMap(Predef.$conforms());
    return new CsvParser(new CSVOptions(scala, false, "UTC").asParserSettings());
  }

  /** Whether a quote that is opened in this text is not closed in it. */
  public boolean isOpen(CharSequence text) {
    boolean open = false;
    boolean fieldBegins = true;
    char last = separator.charAt(separator.length() - 1);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (open) {
        if (c == '\\'
            && i + 1 < text.length()
            && text.charAt(i + 1) == QUOTE
            && !endsField(text, i + 2)) {
          i++;
        } else if (c == QUOTE && i + 1 < text.length() && text.charAt(i + 1) == QUOTE) {
          i++;
        } else if (c == QUOTE) {
          open = false;
        }
      } else if (c == QUOTE && fieldBegins) {
        open = true;
        fieldBegins = false;
      } else {
        fieldBegins = c == last || (fieldBegins && Character.isWhitespace(c));
      }
    }
    return open;
  }

  private boolean endsField(CharSequence text, int at) {
    return at >= text.length() || text.charAt(at) == separator.charAt(0);
  }

  /** Reads the first row of a file alone. */
  private record FirstRow(CsvParsing parsing) implements Lines.Decoding<String[]> {
    @Override
    public Lines.Decoder<String[]> start(FilePart part, Configuration hadoop) {
      Fields fields = parsing.fields();
      return (line, file, row) -> Placed.sound(file, row, fields.of(line, 0));
    }

    @Override
    public boolean isOpen(CharSequence beginning) {
      return parsing.isOpen(beginning);
    }
  }

  /**
   * The first row of a file: what its header names the columns, or as many numbers where it has
   * none. A column without a name is called by its number.
   *
   * @throws IllegalArgumentException if there is no row, or none that can be read
   */
  public List<String> columns(FilePart file, boolean header, Configuration hadoop)
      throws IOException {
    String[] first = header ? header(file, hadoop) : first(file, hadoop);
    return IntStream.range(0, first.length)
        .mapToObj(i -> header && first[i] != null ? first[i] : String.valueOf(i))
        .toList();
  }

  /** The names in a file's header; null for a column without one before the last that has one. */
  public String[] header(FilePart file, Configuration hadoop) throws IOException {
    String[] first = first(file, hadoop);
    int named = numFilled(first);
    if (named == 0) {
      throw new WrongSettings(file.file() + ", row 1: the header names no column");
    }
    return Arrays.copyOf(first, named);
  }

  /**
   * How many fields there are without the empty ones at the end, which separators too many make.
   */
  public static int numFilled(String[] fields) {
    int filled = fields.length;
    while (filled > 0 && fields[filled - 1] == null) {
      filled--;
    }
    return filled;
  }

  /** The fields of the first row of a file. */
  private String[] first(FilePart file, Configuration hadoop) throws IOException {
    FilePart whole = new FilePart(file.file(), 0, Math.max(file.start() + file.length(), 1));
    try (Parts.Rows<String[]> rows = new Lines<>(false, new FirstRow(this)).open(whole, hadoop)) {
      Placed<String[]> first = rows.next();
      if (first == null) {
        throw new WrongSettings(file.file() + " is empty; expected a header or a row");
      }
      if (first.isBroken()) {
        throw new WrongSettings(first.place() + ": " + first.problem());
      }
      return first.value();
    }
  }

  /**
   * Whether the rows of a file may go over several lines, as far as its first bytes tell: it is
   * read in one piece then.
   */
  public boolean goesOverLines(FileStatus file, long maxBytes, Configuration hadoop) {
    try (var lines = FileContent.text(file.getPath(), hadoop)) {
      long left = maxBytes;
      for (String line = lines.readLine(); line != null && left > 0; line = lines.readLine()) {
        if (line.indexOf(QUOTE) >= 0 && isOpen(line)) {
          return true;
        }
        left -= line.length() + 1;
      }
      return false;
    } catch (IOException | IllegalArgumentException e) {
      return false; // said where the file is read
    }
  }
}
