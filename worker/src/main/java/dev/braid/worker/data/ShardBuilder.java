package dev.braid.worker.data;

import dev.braid.worker.data.RowLayout.Field;
import dev.braid.worker.data.RowLayout.Kind;
import java.nio.ByteBuffer;
import java.util.List;

/** Turns rows of bytes into the columns of a shard, in whatever order the rows arrive. */
public final class ShardBuilder {
  private final RowLayout layout;
  private final int size;
  private final List<Filling> fillings;

  /**
   * @param size number of examples; each must be {@link #set} before {@link #build}
   */
  public ShardBuilder(RowLayout layout, int size) {
    this.layout = layout;
    this.size = size;
    this.fillings = layout.fields().map(field -> Filling.of(field, size)).toList();
  }

  /** Makes the next {@link RowLayout#numBytes} bytes of {@code row} example {@code i}. */
  public void set(int i, ByteBuffer row) {
    for (Filling filling : fillings) {
      filling.set(i, row);
    }
  }

  /** The shard; this builder is of no use afterwards. */
  public Shard build() {
    int numInputs = layout.inputs().size();
    Column[] columns = fillings.stream().map(Filling::column).toArray(Column[]::new);
    Column[] inputs = new Column[numInputs];
    Column[] labels = new Column[columns.length - numInputs];
    System.arraycopy(columns, 0, inputs, 0, numInputs);
    System.arraycopy(columns, numInputs, labels, 0, labels.length);
    return new Shard(size, inputs, labels);
  }

  /** A column on its way. */
  private interface Filling {
    void set(int i, ByteBuffer row);

    Column column();

    static Filling of(Field field, int size) {
      int length = Math.multiplyExact(field.width(), size);
      return field.kind() == Kind.BYTE
          ? new Bytes(field.width(), new byte[length])
          : new Floats(field.width(), new float[length]);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // being filled
  private record Bytes(int width, byte[] values) implements Filling {
    @Override
    public void set(int i, ByteBuffer row) {
      row.get(values, i * width, width);
    }

    @Override
    public Column column() {
      return Column.ofBytes(width, values);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // being filled
  private record Floats(int width, float[] values) implements Filling {
    @Override
    public void set(int i, ByteBuffer row) {
      row.asFloatBuffer().get(values, i * width, width);
      row.position(row.position() + width * Float.BYTES);
    }

    @Override
    public Column column() {
      return Column.ofFloats(width, values);
    }
  }
}
