package dev.braid.driver.source.table;

import dev.braid.driver.files.FileContent;
import dev.braid.driver.source.column.TableColumns;
import dev.braid.driver.source.column.TableUse;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.example.RowEncoder;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.encoding.Categories;
import dev.braid.worker.encoding.EncodedColumn;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.encoding.Missing;
import dev.braid.worker.encoding.NotANumber;
import dev.braid.worker.encoding.TextEncoding;
import dev.braid.worker.encoding.Values;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileStatus;

/** A look at a table's first rows: can they be encoded, and which labels are there? */
public final class TableHead {
  /** The usual marks of missing values, in the order of their text. */
  private static final Set<String> MARKS = new TreeSet<>(Missing.MARKS);

  private final RowFormat format;
  private final Inspection inspection;
  private final TableUse use;
  private final TableColumns wanted;
  private final List<LabelScan> labels;
  private final Map<EncodedColumn, Set<String>> categories = new HashMap<>();
  private final Map<EncodedColumn, WordCounts> words = new HashMap<>();
  private boolean complete = true;
  private long numRows;

  TableHead(
      RowFormat format,
      Inspection inspection,
      TableUse use,
      TableColumns wanted,
      List<LabelScan> labels) {
    this.format = format;
    this.inspection = inspection;
    this.use = use;
    this.wanted = wanted;
    this.labels = labels;
  }

  /** Whether all rows were looked at. */
  boolean isComplete() {
    return complete;
  }

  /** How each input is made of its columns, with the categories where all rows were looked at. */
  List<InputEncoding> encodings() {
    return complete ? use.encodings().stream().map(this::found).toList() : use.encodings();
  }

  private InputEncoding found(InputEncoding encoding) {
    return new InputEncoding(
        encoding.columns().stream().map(this::found).toList(), encoding.maskedStep());
  }

  private EncodedColumn found(EncodedColumn column) {
    if (column.as() instanceof TextEncoding text && words.containsKey(column)) {
      return column.filled(text.with(words.get(column).mostFrequent()), List.of());
    }
    Set<String> values = categories.get(column);
    return values == null
        ? column
        : new EncodedColumn(
            column.name(),
            new Categories(List.copyOf(values), Categories.Others.OPEN),
            column.missing());
  }

  /** How many were. */
  long numRows() {
    return numRows;
  }

  /**
   * Looks at rows until so many characters or rows were read.
   *
   * @throws IllegalArgumentException naming file and row where one cannot be used
   */
  void read(List<FileStatus> files, int numColumns, long maxChars, long maxRows) {
    Selection selection = use.selection(numColumns, wanted);
    long left = maxChars;
    for (FileStatus file : files) {
      try (Parts.Rows<Object[]> rows = format.rows(inspection.hadoop(), file, selection)) {
        long before = numRows;
        Placed<Object[]> row = rows.next();
        for (; row != null && rows.numChars() <= left && numRows < maxRows; row = rows.next()) {
          if (isSound(row, numRows == before)) {
            numRows++;
          }
        }
        complete = complete && row == null;
        left -= rows.numChars();
      } catch (IOException e) {
        throw FileContent.unreadable(file.getPath().toString(), e);
      }
    }
  }

  private boolean isSound(Placed<Object[]> row, boolean first) {
    try {
      if (row.isBroken()) {
        throw new WrongSettings(row.problem());
      }
      look(row.value());
      return true;
    } catch (WrongSettings e) {
      if (inspection.skipsBroken()) {
        return false;
      }
      throw new WrongSettings(row.place() + ": " + e.getMessage() + hint(e, first), e);
    }
  }

  /**
   * What a person can do about a row that is refused.
   *
   * @param first whether no row of its file was read, so that the whole column may be so
   */
  private String hint(IllegalArgumentException e, boolean first) {
    Optional<String> header = first ? format.firstRowHint() : Optional.empty();
    if (header.isPresent() || !(e instanceof NotANumber text)) {
      return header.map("; "::concat).orElse("");
    }
    String columns = "%s.%s.columns".formatted(inspection.setting(), format.kind());
    String name = quoted(text.column());
    if (text.hasDecimalComma()) {
      return "; numbers are read with a decimal point: write them so, as pandas does with"
          + " read_csv(..., decimal=',') and to_csv";
    }
    if (text.isMark()) {
      return "; if it stands for a missing value set %s: {%s: {missing: median}}"
          .formatted(columns, name);
    }
    if (hasMissing(text.column())) {
      return "; as missing are read empty fields and " + String.join(" ", MARKS);
    }
    return first
        ? "; for text set %s: {%s: {categories: auto}}, for dates {%s: {date: [year]}}"
            .formatted(columns, name, name)
        : "";
  }

  private boolean hasMissing(String name) {
    return IntStream.range(0, use.inputs().size())
        .filter(i -> use.inputs().get(i).contains(name))
        .mapToObj(i -> use.encodings().get(i).columns().get(use.inputs().get(i).indexOf(name)))
        .anyMatch(column -> column.missing() != null);
  }

  private static String quoted(String name) {
    return name.matches("[A-Za-z_][A-Za-z_0-9]*") ? name : "'" + name.replace("'", "''") + "'";
  }

  private void look(Object[] row) {
    int at = 0;
    for (int i = 0; i < use.inputs().size(); i++) {
      InputEncoding encoding = use.encodings().get(i);
      int size = encoding.maskedStep() > 0 ? maskedSize(i) : encoding.rawWidth();
      encoding.raw(row, at, use.inputs().get(i), size);
      for (int k = 0; k < encoding.columns().size(); k++) {
        EncodedColumn column = encoding.columns().get(k);
        if (column.as() instanceof TextEncoding text && text.isOpen()) {
          words.computeIfAbsent(column, c -> new WordCounts(text)).add(row[at + k]);
        }
        String category = TableExamples.isOpen(column) ? category(column, row[at + k]) : null;
        if (category != null) {
          categories.computeIfAbsent(column, c -> new TreeSet<>()).add(Categories.name(category));
        }
      }
      at += use.inputs().get(i).size();
    }
    int numLabels = use.labels().size();
    for (int output = 0; output < use.outputs().size(); output++) {
      for (String column : use.outputs().get(output)) {
        String place = "column '" + column + "'";
        for (Object label : RowEncoder.labels(row[at++], place, numLabels)) {
          labels.get(output).add(Values.isMissing(label) ? null : Values.text(label), place);
        }
      }
    }
  }

  private static String category(EncodedColumn column, Object value) {
    return column.isMissing(value) ? TableExamples.valueOf(column.missing()) : Values.text(value);
  }

  private int maskedSize(int input) {
    return new ArrayList<>(wanted.inputs().values()).get(input).shape().size();
  }
}
