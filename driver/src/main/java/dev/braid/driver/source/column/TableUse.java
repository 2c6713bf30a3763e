package dev.braid.driver.source.column;

import dev.braid.driver.source.row.Selection;
import dev.braid.worker.encoding.EncodedColumn;
import dev.braid.worker.encoding.InputEncoding;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
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
    List<String> kept)
    implements Serializable {
  public TableUse {
    // Sublists and the like do not travel.
    encodings = new ArrayList<>(encodings);
    inputs = travelling(inputs);
    outputs = travelling(outputs);
    kept = new ArrayList<>(kept);
  }

  private static List<List<String>> travelling(List<List<String>> names) {
    List<List<String>> plain = new ArrayList<>();
    names.forEach(list -> plain.add(new ArrayList<>(list)));
    return plain;
  }

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

  /** The columns whose values are pictures or names of them, or names of texts. */
  private List<String> files(TableColumns wanted) {
    List<String> files = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      boolean pictures = isOfPictures(i);
      inputs.get(i).stream()
          .filter(column -> pictures || wanted.settings(column).namesTexts())
          .forEach(files::add);
    }
    return files;
  }

  private boolean isOfPictures(int input) {
    // There is none, or null, where it is still to be found.
    InputEncoding encoding = input < encodings.size() ? encodings.get(input) : null;
    return encoding != null && encoding.picture() != null;
  }

  /** The inputs that are pictures alone. */
  public TableUse picturesAlone() {
    return inputsWhere(this::isOfPictures);
  }

  /** The same without the inputs that are pictures. */
  public TableUse withoutPictures() {
    TableUse others = inputsWhere(input -> !isOfPictures(input));
    return new TableUse(others.encodings, others.inputs, outputs, kept);
  }

  private TableUse inputsWhere(IntPredicate wanted) {
    List<Integer> numbers = IntStream.range(0, inputs.size()).filter(wanted).boxed().toList();
    return new TableUse(
        numbers.stream().map(encodings::get).toList(),
        numbers.stream().map(inputs::get).toList(),
        List.of(),
        List.of());
  }

  /**
   * Columns to be read of files whose rows have {@code numColumns}.
   *
   * @param wanted says which of them name files
   */
  public Selection selection(int numColumns, TableColumns wanted) {
    List<String> values = new ArrayList<>();
    inputs.forEach(values::addAll);
    outputs.forEach(values::addAll);
    return new Selection(values, kept, numColumns).reading(files(wanted));
  }

  /** The same of files whose types may not fit. */
  public Selection fittingSelection(int numColumns, TableColumns wanted) {
    return selection(numColumns, wanted).fitting(features());
  }
}
