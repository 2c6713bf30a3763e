package dev.braid.driver.source;

import com.univocity.parsers.csv.CsvParser;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.spark.sql.Row;

/** Encodes lines of CSV files: (line, file, where its block begins in the file). */
final class CsvEncoder implements Encoder<Row> {
  private final CsvParser parser;
  private final CsvHeaders headers;
  private final CsvFields fields;
  private final List<LabelCoder> coders;
  private final int rowBytes;

  /**
   * @param known per output what its labels are
   */
  CsvEncoder(
      CsvParsing parsing, boolean header, CsvFields fields, List<Labels> known, int rowBytes) {
    this.parser = parsing.parser();
    this.headers = new CsvHeaders(header);
    this.fields = fields;
    this.coders = known.stream().map(LabelCoder::new).toList();
    this.rowBytes = rowBytes;
  }

  @Override
  public byte[] encode(Row line) {
    if (headers.isSkipped(line)) {
      return null;
    }
    String[] row = CsvParsing.fields(parser, line.getString(0));
    fields.requireAll(row);
    ByteBuffer example = ByteBuffer.allocate(rowBytes);
    for (int i = 0; i < fields.numFeatures(); i++) {
      example.putFloat(fields.feature(row, i));
    }
    for (int i = 0; i < fields.numLabels(); i++) {
      String label = fields.label(row, i);
      LabelCoder coder = coders.get(fields.output(i));
      example.putFloat(label == null ? Float.NaN : coder.code(label, fields.labelName(i)));
    }
    return example.array();
  }

  @Override
  public String place(Row line) {
    return line.getString(1);
  }
}
