package dev.braid.worker.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.braid.worker.augment.Augmentations;
import dev.braid.worker.augment.Noise;
import dev.braid.worker.augment.PictureSize;
import dev.braid.worker.random.SplitMix;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MiniBatchesTest {
  private static final Shard SHARD =
      new Shard(
          5,
          new Column[] {
            Column.ofBytes(2, new byte[] {0, 1, 2, 3, 4, 5, 6, 7, (byte) 254, (byte) 255})
          },
          new Column[] {Column.ofFloats(1, new float[] {0, 1, 2, 3, 4})});

  @Test
  void inOrder_readsUnsignedBytes_andLeavesARaggedLastBatch() {
    MiniBatches batches = MiniBatches.inOrder(SHARD, 2, List.of(Normaliser.NONE));

    assertEquals(3, batches.count());
    assertArrayEquals(new float[] {0, 1, 2, 3}, batches.get(0).inputs()[0]);
    assertEquals(1, batches.get(2).size());
    assertArrayEquals(new float[] {254, 255}, batches.get(2).inputs()[0]);
    assertArrayEquals(new float[] {4}, batches.get(2).labels()[0]);
    assertThrows(IllegalArgumentException.class, () -> batches.get(3));
  }

  @Test
  void ordered_takesEveryExampleOnce_withItsOwnLabel() {
    MiniBatches batches =
        MiniBatches.ordered(
            SHARD, 5, List.of(Normaliser.NONE), SplitMix.permutation(SHARD.size(), 11));
    MiniBatch all = batches.get(0);
    for (int i = 0; i < 5; i++) {
      float label = all.labels()[0][i];
      assertEquals(label == 4 ? 254 : 2 * label, all.inputs()[0][2 * i]);
    }
    float[] labels = all.labels()[0].clone();
    Arrays.sort(labels);
    assertArrayEquals(new float[] {0, 1, 2, 3, 4}, labels);
  }

  @Test
  void normaliser_appliesOneShiftPerFeatureOrPerChannel() {
    float[] table = {1, 2, 3, 4};
    new Normaliser(new float[] {1, 2}, new float[] {2, 10}, 1).applyInPlace(table, 0, 4);
    assertArrayEquals(new float[] {0, 0, 4, 20}, table);

    float[] image = {1, 2, 3, 4};
    new Normaliser(new float[] {1, 2}, new float[] {2, 10}, 2).applyInPlace(image, 0, 4);
    assertArrayEquals(new float[] {0, 2, 10, 20}, image);
  }

  /** An example's change follows from its row, wherever it comes in whichever mini-batch. */
  @Test
  void augmented_changesEachExample_beforeItIsNormalised_whereverItComes() {
    Augmentations noise =
        new Augmentations(List.of(new Noise(20.0)), List.of(new PictureSize(1, 1, 2)));
    Normaliser half = new Normaliser(new float[] {10}, new float[] {0.5f}, 1);
    MiniBatch whole = MiniBatches.inOrder(SHARD, 5, List.of(half)).augmented(noise, 7).get(0);
    MiniBatches turned =
        MiniBatches.ordered(SHARD, 2, List.of(half), new int[] {4, 3, 2, 1, 0}).augmented(noise, 7);
    for (int row = 0; row < 5; row++) {
      float[] expected = {2 * row, 2 * row + 1};
      expected = row == 4 ? new float[] {254, 255} : expected;
      noise.applyInPlace(expected, 0, 0, SplitMix.key(7, row));
      half.applyInPlace(expected, 0, 2);
      int from = 2 * row;
      assertArrayEquals(expected, Arrays.copyOfRange(whole.inputs()[0], from, from + 2), 0);
      float[] batch = turned.get((4 - row) / 2).inputs()[0];
      int place = 2 * ((4 - row) % 2);
      assertArrayEquals(expected, Arrays.copyOfRange(batch, place, place + 2), 0);
    }
    assertArrayEquals(new float[] {0, 1, 2, 3, 4}, whole.labels()[0]);
  }

  /** Two sequences of steps of two numbers, then a row of one length; labels along time. */
  private static Shard sequences() {
    return new Shard(
        3,
        new Column[] {
          Column.ofSequences(2, new float[][] {{1, 2, 3, 4}, {5, 6}, {7, 8, 9, 10, 11, 12}}),
          Column.ofFloats(1, new float[] {100, 200, 300})
        },
        new Column[] {Column.ofSequences(1, new float[][] {{0, 1}, {2}, {3, 4, 5}})});
  }

  @Test
  void sequences_arePaddedToTheLongestOfTheirBatch_afterTheyAreNormalised() {
    Normaliser minusOne = new Normaliser(new float[] {1, 2}, new float[] {1, 10}, 1);
    MiniBatches batches = MiniBatches.inOrder(sequences(), 2, List.of(minusOne, Normaliser.NONE));

    MiniBatch first = batches.get(0);
    assertArrayEquals(new float[] {0, 0, 2, 20, 4, 40, 0, 0}, first.inputs()[0]);
    assertArrayEquals(new int[] {2, 1}, first.lengths()[0]);
    assertEquals(2, first.numSteps(0));
    assertArrayEquals(new float[] {100, 200}, first.inputs()[1]);
    assertNull(first.lengths()[1]);
    assertArrayEquals(new float[] {0, 1, 2, Float.NaN}, first.labels()[0]);
    assertEquals(2, first.numLabelled());
    assertArrayEquals(new int[] {3}, batches.get(1).lengths()[0]);
  }

  @Test
  void byLength_goesFromTheShortestToTheLongest_andTellsThePlaces() {
    MiniBatches batches =
        MiniBatches.byLength(sequences(), 2, List.of(Normaliser.NONE, Normaliser.NONE));

    assertArrayEquals(new int[] {1, 0}, batches.rows(0));
    assertArrayEquals(new int[] {2}, batches.rows(1));
    assertArrayEquals(new float[] {200, 100}, batches.get(0).inputs()[1]);
  }
}
