package dev.braid.driver.source.example;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Columns of a table that say something of its rows and are no inputs, unless features name them.
 *
 * @param by which rows stay together where parts are drawn
 * @param weight how much a row weighs
 */
public record Beside(Optional<String> by, Optional<String> weight) {
  /** None. */
  public static final Beside NONE = new Beside(Optional.empty(), Optional.empty());

  /** Their names. */
  public List<String> names() {
    return Stream.of(by, weight).flatMap(Optional::stream).toList();
  }

  /** The same without what is not among the columns of a table, of which the rows weigh alike. */
  public Beside among(List<String> columns) {
    return new Beside(by, weight.filter(columns::contains));
  }
}
