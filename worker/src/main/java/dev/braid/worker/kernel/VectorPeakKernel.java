package dev.braid.worker.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** What no kernel can surpass: fused multiply-adds on registers alone. */
public final class VectorPeakKernel {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  /** Enough sums that none waits for the last term's. */
  private static final int SUMS = 12;

  /** How many numbers are multiplied and added in a turn. */
  public static final int TERMS = SUMS * SPECIES.length();

  private final float[] numbers = new float[2 * SPECIES.length()];

  /** Makes {@link #TERMS} fused multiply-adds in each of so many turns. */
  public void run(int turns) {
    FloatVector x = FloatVector.fromArray(SPECIES, numbers, 0);
    FloatVector y = FloatVector.fromArray(SPECIES, numbers, SPECIES.length());
    FloatVector a = x;
    FloatVector b = x;
    FloatVector c = x;
    FloatVector d = x;
    FloatVector e = x;
    FloatVector f = x;
    FloatVector g = y;
    FloatVector h = y;
    FloatVector i = y;
    FloatVector j = y;
    FloatVector k = y;
    FloatVector l = y;
    for (int turn = 0; turn < turns; turn++) {
      a = x.fma(y, a);
      b = x.fma(y, b);
      c = x.fma(y, c);
      d = x.fma(y, d);
      e = x.fma(y, e);
      f = x.fma(y, f);
      g = x.fma(y, g);
      h = x.fma(y, h);
      i = x.fma(y, i);
      j = x.fma(y, j);
      k = x.fma(y, k);
      l = x.fma(y, l);
    }
    FloatVector sum = a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).add(k);
    sum.add(l).intoArray(numbers, 0);
  }
}
