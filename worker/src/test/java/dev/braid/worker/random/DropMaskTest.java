package dev.braid.worker.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DropMaskTest {
  @Test
  void mask_keepsTheExpectation() {
    float[] mask = new float[100_000];
    DropMask.fill(mask, 0, mask.length, 0.3, 5);
    int dropped = 0;
    for (float m : mask) {
      assertTrue(m == 0 || m == 1 / 0.7f);
      dropped += m == 0 ? 1 : 0;
    }
    // Expected 30,000 with standard deviation 145: five of them are 725.
    assertEquals(30_000, dropped, 725);
  }

  @Test
  void mask_ofAPartOfAnArray_isThatOfItsKeyAndLeavesTheRest() {
    float[] whole = new float[7];
    DropMask.fill(whole, 0, 7, 0.5, 9);
    float[] part = new float[10];
    Arrays.fill(part, 3);
    DropMask.fill(part, 2, 5, 0.5, 9);
    assertArrayEquals(Arrays.copyOf(whole, 5), Arrays.copyOfRange(part, 2, 7));
    assertArrayEquals(new float[] {3, 3}, Arrays.copyOf(part, 2));
    assertArrayEquals(new float[] {3, 3, 3}, Arrays.copyOfRange(part, 7, 10));
  }
}
