package dev.braid.worker.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.braid.worker.data.RowLayout.Field;
import dev.braid.worker.data.RowLayout.Kind;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShardBuilderTest {

  /** Two rows to a block, so that five take three blocks. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void rowsThatNeedSeveralBlocks_comeBackFromTheirPlaces(Kind kind) {
    int width = (1 << 23) - 5;
    RowLayout layout = new RowLayout(List.of(new Field(width, kind)), List.of());
    ShardBuilder builder = new ShardBuilder(layout, 5);
    ByteBuffer row = ByteBuffer.allocate(width * (kind == Kind.BYTE ? 1 : Float.BYTES));
    for (int i : new int[] {3, 0, 4, 2, 1}) {
      put(row, kind, 0, 10 + i);
      put(row, kind, width - 1, 20 + i);
      builder.set(i, row.position(0));
      assertEquals(row.capacity(), row.position());
    }

    Shard shard = builder.build();

    assertEquals(5, shard.size());
    float[] read = new float[width + 1];
    for (int i = 0; i < 5; i++) {
      shard.input(0).read(i, read, 1);
      assertEquals(10 + i, read[1]);
      assertEquals(20 + i, read[width]);
    }
  }

  private static void put(ByteBuffer row, Kind kind, int at, int value) {
    if (kind == Kind.BYTE) {
      row.put(at, (byte) value);
    } else {
      row.putFloat(at * Float.BYTES, value);
    }
  }

  @Test
  void inputsAndLabels_areColumnsInTheirOrder() {
    RowLayout layout =
        new RowLayout(
            List.of(new Field(2, Kind.BYTE)),
            List.of(new Field(1, Kind.FLOAT), new Field(1, Kind.BYTE)));
    ShardBuilder builder = new ShardBuilder(layout, 1);
    builder.set(
        0,
        ByteBuffer.allocate(7).put((byte) 1).put((byte) 200).putFloat(0.5f).put((byte) 9).flip());

    Shard shard = builder.build();

    float[] read = new float[2];
    shard.input(0).read(0, read, 0);
    assertEquals(1, read[0]);
    assertEquals(200, read[1]);
    shard.label(0).read(0, read, 0);
    shard.label(1).read(0, read, 1);
    assertEquals(0.5f, read[0]);
    assertEquals(9, read[1]);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void sequences_comeBackFromTheirRows_whateverTheirLengths(Kind kind) {
    RowLayout layout =
        new RowLayout(
            List.of(new Field(2, kind, true), new Field(1, Kind.BYTE)),
            List.of(new Field(1, Kind.FLOAT, true)));
    float[][] inputs = {{1, 2, 3, 4, 5, 6}, {7, 8}};
    float[][] labels = {{1, 2, 3}, {4}};
    ShardBuilder builder = new ShardBuilder(layout, 2);
    byte[][] rows = new byte[2][];
    for (int i = 0; i < 2; i++) {
      rows[i] = layout.row(List.of(inputs[i], new float[] {i}, labels[i]));
    }
    ByteBuffer both = ByteBuffer.allocate(rows[0].length + rows[1].length);
    both.put(rows[1]).put(rows[0]).flip();
    assertEquals(rows[1].length, layout.numBytes(both, 0));
    assertEquals(rows[0].length, layout.numBytes(both, rows[1].length));
    builder.set(1, both);
    builder.set(0, both);

    Shard shard = builder.build();

    for (int i = 0; i < 2; i++) {
      assertArrayEquals(inputs[i], shard.input(0).row(i));
      assertArrayEquals(new float[] {i}, shard.input(1).row(i));
      assertArrayEquals(labels[i], shard.label(0).row(i));
      assertEquals(labels[i].length, shard.input(0).steps(i));
    }
    assertThrows(IllegalArgumentException.class, shard.input(0)::width);
    assertThrows(
        IllegalArgumentException.class,
        () -> layout.row(List.of(new float[3], new float[1], new float[2])));
  }
}
