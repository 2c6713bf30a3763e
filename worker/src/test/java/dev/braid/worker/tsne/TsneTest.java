package dev.braid.worker.tsne;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.random.SplitMix;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TsneTest {
  private static final int GROUPS = 4;
  private static final int GROUP_SIZE = 25;
  private static final int DIMENSION = 20;

  @Test
  void layout_keepsNeighboursTogether() {
    Tsne.Layout layout = new Tsne(10, 400, 1).layout(groups(), DIMENSION);
    int sameGroup = 0;
    for (int i = 0; i < GROUPS * GROUP_SIZE; i++) {
      int nearest = nearest(layout, i);
      sameGroup += nearest / GROUP_SIZE == i / GROUP_SIZE ? 1 : 0;
    }
    assertTrue(sameGroup >= 98, "only " + sameGroup + " of 100 lie next to one of their group");
  }

  @Test
  void moreSteps_lowerTheDivergence() {
    double few = new Tsne(10, 20, 1).layout(groups(), DIMENSION).divergence();
    double many = new Tsne(10, 400, 1).layout(groups(), DIMENSION).divergence();
    assertTrue(many > 0 && many < few / 2, few + " then " + many);
  }

  @Test
  void sameSeed_givesTheSamePicture() {
    double[] x = new Tsne(10, 100, 1).layout(groups(), DIMENSION).x();
    assertArrayEquals(x, new Tsne(10, 100, 1).layout(groups(), DIMENSION).x());
    assertFalse(Arrays.equals(x, new Tsne(10, 100, 2).layout(groups(), DIMENSION).x()));
  }

  @Test
  void lengthOfVectors_doesNotMatter() {
    float[] vectors = groups();
    float[] longer = vectors.clone();
    for (int i = 0; i < DIMENSION; i++) {
      longer[i] *= 4;
    }
    Tsne tsne = new Tsne(10, 20, 1);
    assertArrayEquals(
        tsne.layout(vectors, DIMENSION).x(), tsne.layout(longer, DIMENSION).x(), 1e-9);
  }

  @Test
  void perplexity_asksForEnoughVectors() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> new Tsne(40, 10, 1).layout(groups(), DIMENSION))
            .getMessage();
    assertEquals("100 vectors are too few for perplexity 40.0; set it to 33 or less", message);
    assertThrows(IllegalArgumentException.class, () -> new Tsne(0, 10, 1));
  }

  private static int nearest(Tsne.Layout layout, int i) {
    int nearest = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int j = 0; j < layout.x().length; j++) {
      double distance = Math.hypot(layout.x()[i] - layout.x()[j], layout.y()[i] - layout.y()[j]);
      if (j != i && distance < least) {
        least = distance;
        nearest = j;
      }
    }
    return nearest;
  }

  /** Vectors around a direction for each group. */
  private static float[] groups() {
    SplitMix random = SplitMix.stream(3);
    float[] vectors = new float[GROUPS * GROUP_SIZE * DIMENSION];
    for (int i = 0; i < GROUPS * GROUP_SIZE; i++) {
      for (int d = 0; d < DIMENSION; d++) {
        double centre = d % GROUPS == i / GROUP_SIZE ? 2 : 0;
        vectors[i * DIMENSION + d] = (float) (centre + 0.5 * random.nextGaussian());
      }
    }
    return vectors;
  }
}
