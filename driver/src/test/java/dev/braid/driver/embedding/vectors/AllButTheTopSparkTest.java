package dev.braid.driver.embedding.vectors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.braid.driver.LocalSpark;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

public class AllButTheTopSparkTest {
  /** Long along (3, 4), short along (4, -3). */
  private static final float[] VECTORS = {6, 8, 3.8f, 3.4f, 2.2f, 4.6f, 0.8f, -0.6f};

  @Test
  void remove_takesOutTheLongestDirection() {
    try (WordVectors left = AllButTheTop.remove(vectors(), 1)) {
      float[] all = new float[8];
      for (byte[] bytes : left.blocks().collect()) {
        VectorBlock block = VectorBlock.fromBytes(bytes);
        System.arraycopy(block.vectors(), 0, all, block.first() * 2, block.vectors().length);
      }
      assertArrayEquals(new float[] {0, 0, 0.8f, -0.6f, -0.8f, 0.6f, 0.8f, -0.6f}, all, 1e-5f);
    }
  }

  @Test
  void remove_nothing_leavesTheVectors() {
    try (WordVectors vectors = vectors()) {
      assertEquals(vectors.sha256(), AllButTheTop.remove(vectors, 0).sha256());
      assertThrows(IllegalArgumentException.class, () -> AllButTheTop.remove(vectors, 2));
    }
  }

  private static WordVectors vectors() {
    VectorBlock first = new VectorBlock(0, new String[] {"a", "b", "c"}, new long[3], slice(0, 6));
    VectorBlock second = new VectorBlock(3, new String[] {"d"}, new long[1], slice(6, 8));
    return WordVectors.of(
        new JavaSparkContext(LocalSpark.session().sparkContext())
            .parallelize(List.of(first.toBytes(), second.toBytes()), 2));
  }

  private static float[] slice(int from, int to) {
    return java.util.Arrays.copyOfRange(VECTORS, from, to);
  }
}
