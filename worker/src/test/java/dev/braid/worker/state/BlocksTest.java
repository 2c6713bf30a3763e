package dev.braid.worker.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BlocksTest {

  @Test
  void readAndWrite_crossTheBlockBoundary() {
    Blocks blocks = Blocks.zeros(Blocks.BLOCK_SIZE + 3L);
    assertEquals(2, blocks.count());
    assertEquals(3, blocks.block(1).length);

    blocks.write(Blocks.BLOCK_SIZE - 2L, new float[] {1, 2, 3, 4}, 4);

    float[] read = new float[5];
    blocks.read(Blocks.BLOCK_SIZE - 2L, read, 5);
    assertArrayEquals(new float[] {1, 2, 3, 4, 0}, read);
    assertEquals(3, blocks.get(Blocks.BLOCK_SIZE));
  }

  @Test
  void equals_comparesBits() {
    assertEquals(Blocks.copyOf(1, Float.NaN), Blocks.copyOf(1, Float.NaN));
    assertNotEquals(Blocks.copyOf(1, 0.0f), Blocks.copyOf(1, -0.0f));
  }

  @Test
  void copy_sharesNothing() {
    Blocks one = Blocks.copyOf(1, 2);
    Blocks other = one.copy();
    other.set(0, 5);
    assertEquals(1, one.get(0));
  }

  @Test
  void isFinite_findsEachNumberThatIsNot() {
    assertTrue(Blocks.copyOf(1, -Float.MAX_VALUE, 0).isFinite());
    for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      assertFalse(Blocks.copyOf(1, value, 2).isFinite(), "with " + value);
    }
  }
}
