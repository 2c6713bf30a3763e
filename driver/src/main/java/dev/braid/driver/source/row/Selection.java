package dev.braid.driver.source.row;

import dev.braid.worker.encoding.EncodedColumn;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Columns that are asked for, by name; no others are read.
 *
 * @param values those whose values are encoded, in the order they are wanted in
 * @param kept those that go into an output as they are; they follow
 * @param numColumns how many columns each row has where a file does not name them
 * @param features how values become inputs, by name; a file whose types do not fit is refused
 * @param files columns whose values are names of files; these are read, and their bytes are the
 *     values
 */
public record Selection(
    List<String> values,
    List<String> kept,
    int numColumns,
    Map<String, EncodedColumn> features,
    List<String> files)
    implements Serializable {
  public Selection {
    // Sublists and the like do not travel.
    values = new ArrayList<>(values);
    kept = new ArrayList<>(kept);
    features = new LinkedHashMap<>(features);
    files = new ArrayList<>(files);
  }

  /** Columns of whatever type. */
  public Selection(List<String> values, List<String> kept, int numColumns) {
    this(values, kept, numColumns, Map.of(), List.of());
  }

  /** The same with the bytes of the files that some columns name. */
  public Selection reading(List<String> files) {
    return new Selection(values, kept, numColumns, features, files);
  }

  /** The same with columns that are kept as they are. */
  public Selection keeping(List<String> kept) {
    return new Selection(values, kept, numColumns, features, files);
  }

  /** The same of files whose types are to fit. */
  public Selection fitting(Map<String, EncodedColumn> features) {
    return new Selection(values, kept, numColumns, features, files);
  }

  /** The values of a row, each found by its column's name. */
  public Object[] row(Function<String, Object> value) {
    return all().stream().map(value).toArray();
  }

  /** All of them, in their order. */
  public List<String> all() {
    return Stream.concat(values.stream(), kept.stream()).toList();
  }
}
