package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import com.univocity.parsers.csv.CsvParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;

/** A CSV file read row by row, with the number of each row. */
final class CsvFile implements AutoCloseable {
  private final String name;
  private final BufferedReader lines;
  private final CsvParser parser;
  private long row;
  private long numChars;

  CsvFile(Inspection inspection, FileStatus file, CsvParsing parsing) throws IOException {
    this.name = file.getPath().toString();
    this.lines = inspection.text(file);
    this.parser = parsing.parser();
  }

  String name() {
    return name;
  }

  /** The file and the row that was read last, counted from 1, a header being a row. */
  String place() {
    return name + ", row " + row;
  }

  /** Whether the row that was read last is the first of the file. */
  boolean isFirst() {
    return row == 1;
  }

  /** Characters read so far. */
  long numChars() {
    return numChars;
  }

  /** The fields of the next row that is not blank, null for what is empty; null after the last. */
  String[] next() throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      row++;
      numChars += line.length() + 1;
      if (!line.isBlank()) {
        return CsvParsing.fields(parser, line);
      }
    }
    return null;
  }

  /**
   * The names in the first row.
   *
   * @throws IllegalArgumentException if it is missing, or a name is missing or there twice
   */
  List<String> header() throws IOException {
    String[] names = next();
    require(names != null, "%s is empty; expected a header", name);
    for (int i = 0; i < names.length; i++) {
      require(names[i] != null, "%s: the header has no name for column %d", place(), i);
      int first = Arrays.asList(names).indexOf(names[i]);
      require(first == i, "%s: the header names column '%s' twice", place(), names[i]);
    }
    return List.of(names);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
