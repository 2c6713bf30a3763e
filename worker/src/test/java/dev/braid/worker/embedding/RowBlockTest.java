package dev.braid.worker.embedding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowBlockTest {
  private static final RowBlock BLOCK =
      new RowBlock(
          3,
          10,
          new long[] {8, 4, 2},
          new float[] {1, 1, 2, 2, 3, 3},
          new float[] {4, 4, 5, 5, 6, 6});

  @Test
  void merge_keepsTheRow_ofTheOnlyWorkerThatTouchedIt() {
    RowBlock merged = BLOCK.merge(List.of(slice(0, 11, 5, 7f), slice(1, 12, 9, 8f)), 0.01);
    assertArrayEquals(new float[] {1, 1, 7, 7, 8, 8}, merged.inputs());
    assertArrayEquals(BLOCK.outputs(), merged.outputs());
  }

  @Test
  void merge_addsUp_whatRareTouchesChanged() {
    RowBlock merged = BLOCK.merge(List.of(slice(0, 11, 1, 2.5f), slice(1, 11, 1, 3f)), 1e-6);
    assertEquals(2 + 0.5 + 1, merged.inputs()[2], 1e-5);
  }

  @Test
  void merge_averages_whatManyTouchesChanged() {
    RowBlock merged = BLOCK.merge(List.of(slice(0, 11, 9000, 2.5f), slice(1, 11, 9000, 3f)), 0.01);
    assertEquals(2 + 0.75, merged.inputs()[2], 1e-5);
  }

  @Test
  void select_drawsNegatives_byCountToThePowerOf075() {
    RowSlice slice = BLOCK.select(1, new int[] {11}, 100_000, 42);
    assertArrayEquals(new int[] {11}, slice.inputs().ids());
    assertArrayEquals(new float[] {2, 2}, slice.inputs().values());
    assertArrayEquals(new int[] {10, 11, 12}, slice.outputs().ids());
    int[] drawn = slice.outputs().touches();
    assertEquals(100_000, Arrays.stream(drawn).sum());
    double[] weights =
        IntStream.of(8, 4, 2).mapToDouble(count -> Math.pow((double) count, 0.75)).toArray();
    for (int i = 0; i < 3; i++) {
      // Five standard deviations of a binomial count are below 800.
      assertEquals(100_000 * weights[i] / Arrays.stream(weights).sum(), drawn[i], 800);
    }
  }

  @Test
  void bytes_giveTheSameBlockBack() {
    RowBlock copy = RowBlock.fromBytes(BLOCK.toBytes());
    assertEquals(3, copy.block());
    assertEquals(10, copy.first());
    assertArrayEquals(BLOCK.counts(), copy.counts());
    assertArrayEquals(BLOCK.outputs(), copy.outputs());
  }

  @Test
  void bytes_ofAnotherKind_areRefused() {
    byte[] bytes = slice(0, 11, 1, 1f).toBytes();
    assertThrows(IllegalArgumentException.class, () -> RowBlock.fromBytes(bytes));
  }

  private static RowSlice slice(int shard, int word, int touches, float value) {
    RowSet inputs = new RowSet(new int[] {word}, new int[] {touches}, new float[] {value, value});
    return new RowSlice(shard, 3, inputs, new RowSet(new int[0], new int[0], new float[0]));
  }
}
