package dev.braid.worker.data;

import dev.braid.worker.data.RowLayout.Field;
import dev.braid.worker.data.RowLayout.Kind;
import java.nio.ByteBuffer;
import java.util.List;

/** Turns rows of bytes into the columns of a shard, in whatever order the rows arrive. */
public final class ShardBuilder {
  private final RowLayout layout;
  private final int size;
  private final List<Column> columns;

  /**
   * @param size number of examples; each must be {@link #set} before {@link #build}
   */
  public ShardBuilder(RowLayout layout, int size) {
    this.layout = layout;
    this.size = size;
    this.columns = layout.fields().stream().map(field -> column(field, size)).toList();
  }

  private static Column column(Field field, int size) {
    if (field.isRagged()) {
      return Column.ragged(field.width(), field.kind(), size);
    }
    return field.kind() == Kind.BYTE
        ? Column.ofBytes(field.width(), size)
        : Column.ofFloats(field.width(), size);
  }

  /** Makes the next row of {@code row}, as the layout has it, example {@code i}. */
  public void set(int i, ByteBuffer row) {
    for (Column column : columns) {
      column.set(i, row);
    }
  }

  /** The shard; this builder is of no use afterwards. */
  public Shard build() {
    int numInputs = layout.inputs().size();
    return new Shard(
        size,
        columns.subList(0, numInputs).toArray(Column[]::new),
        columns.subList(numInputs, columns.size()).toArray(Column[]::new));
  }
}
