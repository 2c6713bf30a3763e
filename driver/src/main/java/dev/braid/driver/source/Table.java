package dev.braid.driver.source;

import dev.braid.driver.source.column.ColumnSettings;
import dev.braid.driver.source.column.NamedInput;
import dev.braid.driver.source.column.NamedOutput;
import dev.braid.driver.source.column.TableColumns;
import dev.braid.worker.shape.Shape;
import java.util.List;
import java.util.Map;

/** A format whose settings name the columns of a table, all in the same way. */
non-sealed interface Table extends Source {

  /** The column to predict, or several; null where {@link #outputs} are named, or none is. */
  List<String> label();

  /** The columns that are inputs; null for all others, or where {@link #inputs} are named. */
  List<String> features();

  /** What a row's features are taken for; null for [their number]. */
  Shape inputShape();

  /** Inputs by name; null for one. */
  Map<String, NamedInput> inputs();

  /** Outputs by name; null for one. */
  Map<String, NamedOutput> outputs();

  /** By column how its values become numbers; null where all are numbers. */
  Map<String, ColumnSettings> columns();

  @Override
  default boolean hasNamedColumns() {
    return true;
  }

  @Override
  default TableColumns wanted() {
    return TableColumns.of(label(), features(), inputShape(), inputs(), outputs(), columns());
  }
}
