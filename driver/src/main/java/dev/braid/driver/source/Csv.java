package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonFormat;
import dev.braid.driver.files.FileContent;
import dev.braid.driver.source.column.ColumnSettings;
import dev.braid.driver.source.column.Columns;
import dev.braid.driver.source.column.NamedInput;
import dev.braid.driver.source.column.NamedOutput;
import dev.braid.driver.source.column.TableColumns;
import dev.braid.driver.source.column.TableUse;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.row.CsvParsing;
import dev.braid.driver.source.row.FilePart;
import dev.braid.driver.source.row.FolderColumns;
import dev.braid.driver.source.row.Lines;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.encoding.Values;
import dev.braid.worker.shape.Shape;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * A table in CSV files: one example per row. Columns are found by the names in each file's own
 * header. Kept columns are text in the output of a scoring, as they were written.
 *
 * @param path a file, a folder or a wildcard
 * @param header whether each file begins with the columns' names; true by default, otherwise they
 *     are numbers from 0
 * @param separator between two fields; a comma by default
 * @param label the column to predict, by name or number (from 0, or from -1 backwards); several for
 *     several numbers, properties or time steps. In a scoring the one that holds what is right, for
 *     metrics; by default none
 * @param features the columns that are inputs, by name, number or range ({@code first..last}); by
 *     default all others, or those a model was trained with
 * @param inputShape what a row's features are taken for; by default [their number]
 * @param inputs instead of features and inputShape, by name, for a network of several inputs
 * @param outputs instead of label, by name, for a network of several outputs
 * @param columns how columns that hold no plain numbers become numbers, by name
 */
public record Csv(
    String path,
    Boolean header,
    String separator,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> label,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> features,
    Shape inputShape,
    Map<String, NamedInput> inputs,
    Map<String, NamedOutput> outputs,
    Map<String, ColumnSettings> columns)
    implements Table {
  /** Of a file that is cut into parts so much is searched for rows of several lines. */
  private static final long SEARCHED_BYTES = 16 << 20;

  public Csv {
    header = header == null || header;
    separator = separator == null ? "," : separator;
    require(!separator.isEmpty(), "separator must not be empty");
    TableColumns.of(
        label, features, inputShape, inputs, outputs, columns); // refuses contradictions
  }

  @Override
  public List<String> columns(Inspection inspection, FileStatus file) {
    CsvParsing parsing = new CsvParsing(separator);
    return FileContent.read(
        file.getPath(), () -> parsing.columns(FilePart.of(file), header, inspection.hadoop()));
  }

  @Override
  public void requireSound(Inspection inspection, FileStatus file) {
    if (!header) {
      return;
    }
    String place = file.getPath() + ", row 1";
    CsvParsing parsing = new CsvParsing(separator);
    String[] names =
        FileContent.read(
            file.getPath(), () -> parsing.header(FilePart.of(file), inspection.hadoop()));
    for (int i = 0; i < names.length; i++) {
      require(
          names[i] != null || features != null || inputs != null,
          "%s: the header has no name for column %d; name it, or set features to the columns to"
              + " learn from",
          place,
          i);
      int first = Arrays.asList(names).indexOf(names[i]);
      require(
          names[i] == null || first == i,
          "%s: the header names column '%s' twice",
          place,
          names[i]);
    }
    require(
        !areNumbers(names),
        "%s: the header is nothing but numbers; if the file has none, set header to false",
        place);
  }

  /** Names 0, 1, 2, ... are what some programs write, and no sign of a missing header. */
  private static boolean areNumbers(String[] header) {
    String[] places =
        IntStream.range(0, header.length).mapToObj(String::valueOf).toArray(String[]::new);
    return Arrays.stream(header).allMatch(name -> name != null && Values.isNumber(name))
        && !Arrays.equals(header, places);
  }

  @Override
  public void requireFits(Inspection inspection, FileStatus file, TableUse use) {
    if (!header) {
      return;
    }
    try {
      new CsvRows(new CsvParsing(separator), true, use.selection(0, wanted()))
          .start(FilePart.of(file), inspection.hadoop());
    } catch (IOException e) {
      throw FileContent.unreadable(file.getPath().toString(), e);
    } catch (WrongSettings e) {
      throw new WrongSettings(file.getPath() + ", row 1: " + e.getMessage(), e);
    }
  }

  @Override
  public Optional<String> firstRowHint() {
    return header ? Optional.empty() : Optional.of("if this row is a header, set header to true");
  }

  @Override
  public Parts.Reader<Object[]> reader(Configuration hadoop, Selection selection) {
    return new Lines<>(header, new CsvRows(new CsvParsing(separator), header, selection));
  }

  @Override
  public boolean isDivisible(Configuration hadoop, FileStatus file, long partBytes) {
    return Lines.isDivisible(hadoop, file.getPath())
        && file.getLen() > partBytes
        && !new CsvParsing(separator).goesOverLines(file, SEARCHED_BYTES, hadoop);
  }

  /**
   * Makes rows of lines: finds the columns by the header of each file.
   *
   * @param header whether a file has one
   */
  private record CsvRows(CsvParsing parsing, boolean header, Selection selection)
      implements Lines.Decoding<Object[]> {

    @Override
    public Lines.Decoder<Object[]> start(FilePart part, Configuration hadoop) throws IOException {
      List<String> wanted = selection.all();
      Map<String, String> folders = FolderColumns.above(new Path(part.file()));
      List<String> names =
          header
              ? parsing.columns(part, true, hadoop)
              : IntStream.range(0, selection.numColumns()).mapToObj(String::valueOf).toList();
      int[] places = new int[wanted.size()];
      Object[] fixed = new Object[wanted.size()];
      for (int i = 0; i < places.length; i++) {
        String name = wanted.get(i);
        places[i] = names.indexOf(name);
        require(places[i] == names.lastIndexOf(name), "the header names column '%s' twice", name);
        if (places[i] < 0) {
          require(
              folders.containsKey(name), "there is no column '%s': %s", name, Columns.first(names));
          fixed[i] = folders.get(name);
        }
      }
      return new Decoder(parsing, header, names.size(), places, fixed);
    }

    @Override
    public boolean isOpen(CharSequence beginning) {
      return parsing.isOpen(beginning);
    }
  }

  private static final class Decoder implements Lines.Decoder<Object[]> {
    private final CsvParsing.Fields fields;
    private final boolean header;
    private final int numFields;
    private final int[] places;
    private final Object[] fixed;

    /**
     * @param places of the columns in a row; -1 for those whose value is fixed
     */
    Decoder(CsvParsing parsing, boolean header, int numFields, int[] places, Object[] fixed) {
      this.fields = parsing.fields();
      this.header = header;
      this.numFields = numFields;
      this.places = places;
      this.fixed = fixed;
    }

    @Override
    public Placed<Object[]> decode(String line, String file, LongSupplier row) {
      String[] found = fields.of(line, numFields);
      require(
          found.length == numFields
              || (header && CsvParsing.numFilled(found) <= numFields && found.length > numFields),
          "%d fields, expected %d",
          found.length,
          numFields);
      Object[] values = fixed.clone();
      for (int i = 0; i < values.length; i++) {
        values[i] = places[i] < 0 ? values[i] : found[places[i]];
      }
      return Placed.sound(file, row, values);
    }
  }
}
