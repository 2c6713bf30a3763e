package dev.braid.driver.source.column;

import dev.braid.driver.source.row.Selection;
import dev.braid.worker.encoding.EncodedColumn;
import dev.braid.worker.encoding.InputEncoding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the columns of a table are used for, by their names in its files.
 *
 * @param encodings how each input is made of its columns
 * @param inputs per input its columns' names, in the encoding's order
 * @param outputs per output its columns' names
 * @param kept columns that go into an output as they are
 */
public record TableUse(
    List<InputEncoding> encodings,
    List<List<String>> inputs,
    List<List<String>> outputs,
    List<String> kept) {

  /** The columns of all inputs, by name, and how each is encoded. */
  public Map<String, EncodedColumn> features() {
    Map<String, EncodedColumn> features = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      for (int k = 0; k < inputs.get(i).size(); k++) {
        features.put(inputs.get(i).get(k), encodings.get(i).columns().get(k));
      }
    }
    return features;
  }

  /** The columns of all outputs, one after another. */
  public List<String> labels() {
    return outputs.stream().flatMap(List::stream).toList();
  }

  /** All columns that are read: of the inputs, of the outputs, kept ones. */
  public List<String> all() {
    return Stream.of(inputs.stream().flatMap(List::stream), labels().stream(), kept.stream())
        .flatMap(names -> names)
        .toList();
  }

  /** The inputs alone. */
  public TableUse inputsAlone() {
    return new TableUse(encodings, inputs, List.of(), List.of());
  }

  /** The outputs alone. */
  public TableUse outputsAlone() {
    return new TableUse(List.of(), List.of(), outputs, List.of());
  }

  /** Columns to be read of files whose rows have {@code numColumns}. */
  public Selection selection(int numColumns) {
    List<String> values = new ArrayList<>();
    inputs.forEach(values::addAll);
    outputs.forEach(values::addAll);
    return new Selection(values, kept, numColumns);
  }

  /** The same of files whose types may not fit. */
  public Selection fittingSelection(int numColumns) {
    Selection any = selection(numColumns);
    return new Selection(any.values(), any.kept(), numColumns, features());
  }
}
