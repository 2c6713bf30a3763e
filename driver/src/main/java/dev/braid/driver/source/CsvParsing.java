package dev.braid.driver.source;

import com.univocity.parsers.csv.CsvParser;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import org.apache.spark.sql.catalyst.csv.CSVOptions;
import scala.Predef;
import scala.collection.JavaConverters;

/**
 * How a line of CSV falls into fields: as Spark's CSV reader has it, quotes and all.
 *
 * @param separator between two fields
 */
public record CsvParsing(String separator) implements Serializable {
  private static final String MAX_COLUMNS = String.valueOf(1 << 20);

  /** A parser; it keeps state, so that every thread needs its own. */
  public CsvParser parser() {
    Map<String, String> options =
        Map.of(
            "sep",
            separator,
            "ignoreLeadingWhiteSpace",
            "true",
            "ignoreTrailingWhiteSpace",
            "true",
            "maxColumns",
            MAX_COLUMNS);
    var scala = JavaConverters.mapAsScalaMapConverter(options).asScala().toMap(Predef.$conforms());
    return new CsvParser(new CSVOptions(scala, false, "UTC").asParserSettings());
  }

  /** The fields of a line, null for what is empty. */
  public static String[] fields(CsvParser parser, String line) {
    String[] fields = parser.parseLine(line);
    Arrays.setAll(fields, i -> "".equals(fields[i]) ? null : fields[i]);
    return fields;
  }
}
