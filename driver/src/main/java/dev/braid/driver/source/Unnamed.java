package dev.braid.driver.source;

import dev.braid.driver.source.column.TableColumns;
import dev.braid.driver.source.example.Inspection;
import dev.braid.worker.shape.Shape;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;

/** A format whose files name no columns: its rows have one of a name of its own, and a label. */
non-sealed interface Unnamed extends Source {

  /** What a model's file calls the one column. */
  String feature();

  /** What it is taken for; null for what the format itself knows. */
  default Shape inputShape() {
    return null;
  }

  @Override
  default TableColumns wanted() {
    return TableColumns.ofOne(feature(), inputShape());
  }

  @Override
  default List<String> columns(Inspection inspection, FileStatus file) {
    return List.of(feature(), TableColumns.LABEL);
  }
}
