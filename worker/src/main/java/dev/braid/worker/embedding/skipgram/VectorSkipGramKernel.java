package dev.braid.worker.embedding.skipgram;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernel on the JDK's Vector API: register tiles of 2 contexts x 6 targets for the scores, and
 * both updates in one walk over the dimensions, 6 targets held in registers.
 *
 * <p>Always 8 lanes, sums in one written order, fused multiply-add: the same bits on every machine
 * with 256-bit vectors, whatever wider ones it has. Sixteen lanes were measured to be no faster:
 * rows are short and come from memory. One vector shape only, or the JIT loses the types and boxes
 * vectors, six times slower.
 */
final class VectorSkipGramKernel implements SkipGramKernel {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;
  private static final int LANES = 8;

  private final float[] partialSums =
      new float[Position.CONTEXT_TILE * Position.TARGET_TILE * LANES];
  private float[] oldContexts = new float[0];

  /**
   * @throws UnsupportedOperationException if this machine has no 256-bit vectors, which would make
   *     this kernel slower than plain loops
   */
  VectorSkipGramKernel() {
    if (FloatVector.SPECIES_PREFERRED.length() < LANES) {
      throw new UnsupportedOperationException("this CPU has no 256-bit vectors");
    }
  }

  @Override
  public void score(CompactRows rows, Position p) {
    for (int k = 0; k < p.paddedTargets; k += Position.TARGET_TILE) {
      for (int i = 0; i < p.paddedContexts; i += Position.CONTEXT_TILE) {
        scoreTile(rows, p, i, k);
        int at = i * p.paddedTargets + k;
        for (int j = 0; j < Position.TARGET_TILE; j++) {
          p.coefficients[at + j] = sum(j);
          p.coefficients[at + p.paddedTargets + j] = sum(Position.TARGET_TILE + j);
        }
      }
    }
  }

  /** Lane by lane, the products of two contexts and six targets. */
  private void scoreTile(CompactRows rows, Position p, int i, int k) {
    float[] in = rows.inputs;
    float[] out = rows.outputs;
    int i0 = p.contexts[i];
    int i1 = p.contexts[i + 1];
    int k0 = p.targets[k];
    int k1 = p.targets[k + 1];
    int k2 = p.targets[k + 2];
    int k3 = p.targets[k + 3];
    int k4 = p.targets[k + 4];
    int k5 = p.targets[k + 5];
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector a0 = zero;
    FloatVector a1 = zero;
    FloatVector a2 = zero;
    FloatVector a3 = zero;
    FloatVector a4 = zero;
    FloatVector a5 = zero;
    FloatVector b0 = zero;
    FloatVector b1 = zero;
    FloatVector b2 = zero;
    FloatVector b3 = zero;
    FloatVector b4 = zero;
    FloatVector b5 = zero;
    for (int d = 0; d < rows.width; d += LANES) {
      FloatVector x = load(in, i0 + d);
      FloatVector y = load(in, i1 + d);
      FloatVector o = load(out, k0 + d);
      a0 = x.fma(o, a0);
      b0 = y.fma(o, b0);
      o = load(out, k1 + d);
      a1 = x.fma(o, a1);
      b1 = y.fma(o, b1);
      o = load(out, k2 + d);
      a2 = x.fma(o, a2);
      b2 = y.fma(o, b2);
      o = load(out, k3 + d);
      a3 = x.fma(o, a3);
      b3 = y.fma(o, b3);
      o = load(out, k4 + d);
      a4 = x.fma(o, a4);
      b4 = y.fma(o, b4);
      o = load(out, k5 + d);
      a5 = x.fma(o, a5);
      b5 = y.fma(o, b5);
    }
    a0.intoArray(partialSums, 0);
    a1.intoArray(partialSums, LANES);
    a2.intoArray(partialSums, 2 * LANES);
    a3.intoArray(partialSums, 3 * LANES);
    a4.intoArray(partialSums, 4 * LANES);
    a5.intoArray(partialSums, 5 * LANES);
    b0.intoArray(partialSums, 6 * LANES);
    b1.intoArray(partialSums, 7 * LANES);
    b2.intoArray(partialSums, 8 * LANES);
    b3.intoArray(partialSums, 9 * LANES);
    b4.intoArray(partialSums, 10 * LANES);
    b5.intoArray(partialSums, 11 * LANES);
  }

  /** Sum of one pair's lanes, always in this order. */
  private float sum(int pair) {
    float[] s = partialSums;
    int at = pair * LANES;
    return ((s[at] + s[at + 1]) + (s[at + 2] + s[at + 3]))
        + ((s[at + 4] + s[at + 5]) + (s[at + 6] + s[at + 7]));
  }

  @Override
  public void update(CompactRows rows, Position p) {
    boolean oneTile = p.paddedTargets == Position.TARGET_TILE;
    if (!oneTile && oldContexts.length < p.contexts.length * LANES) {
      oldContexts = new float[p.contexts.length * LANES];
    }
    for (int d = 0; d < rows.width; d += LANES) {
      if (oneTile) {
        updateTile(rows, p, d, 0, rows.inputs, true);
        continue;
      }
      for (int i = 0; i < p.paddedContexts; i++) {
        load(rows.inputs, p.contexts[i] + d).intoArray(oldContexts, i * LANES);
      }
      for (int k = 0; k < p.paddedTargets; k += Position.TARGET_TILE) {
        updateTile(rows, p, d, k, oldContexts, false);
      }
    }
  }

  /**
   * Updates all contexts and six targets in the eight dimensions from {@code d} on. The old values
   * of the contexts lie in {@code old}: the inputs themselves when there is one tile, else a copy
   * of these eight dimensions, row by row.
   */
  private static void updateTile(
      CompactRows rows, Position p, int d, int k, float[] old, boolean inPlace) {
    float[] in = rows.inputs;
    float[] out = rows.outputs;
    int k0 = p.targets[k] + d;
    int k1 = p.targets[k + 1] + d;
    int k2 = p.targets[k + 2] + d;
    int k3 = p.targets[k + 3] + d;
    int k4 = p.targets[k + 4] + d;
    int k5 = p.targets[k + 5] + d;
    FloatVector o0 = load(out, k0);
    FloatVector o1 = load(out, k1);
    FloatVector o2 = load(out, k2);
    FloatVector o3 = load(out, k3);
    FloatVector o4 = load(out, k4);
    FloatVector o5 = load(out, k5);
    FloatVector n0 = o0;
    FloatVector n1 = o1;
    FloatVector n2 = o2;
    FloatVector n3 = o3;
    FloatVector n4 = o4;
    FloatVector n5 = o5;
    int c = k;
    for (int i = 0; i < p.paddedContexts; i++) {
      int at = p.contexts[i] + d;
      FloatVector x = load(old, inPlace ? at : i * LANES);
      FloatVector y = load(in, at);
      FloatVector e = FloatVector.broadcast(SPECIES, p.coefficients[c]);
      n0 = x.fma(e, n0);
      y = o0.fma(e, y);
      e = FloatVector.broadcast(SPECIES, p.coefficients[c + 1]);
      n1 = x.fma(e, n1);
      y = o1.fma(e, y);
      e = FloatVector.broadcast(SPECIES, p.coefficients[c + 2]);
      n2 = x.fma(e, n2);
      y = o2.fma(e, y);
      e = FloatVector.broadcast(SPECIES, p.coefficients[c + 3]);
      n3 = x.fma(e, n3);
      y = o3.fma(e, y);
      e = FloatVector.broadcast(SPECIES, p.coefficients[c + 4]);
      n4 = x.fma(e, n4);
      y = o4.fma(e, y);
      e = FloatVector.broadcast(SPECIES, p.coefficients[c + 5]);
      n5 = x.fma(e, n5);
      y = o5.fma(e, y);
      y.intoArray(in, at);
      c += p.paddedTargets;
    }
    n0.intoArray(out, k0);
    n1.intoArray(out, k1);
    n2.intoArray(out, k2);
    n3.intoArray(out, k3);
    n4.intoArray(out, k4);
    n5.intoArray(out, k5);
  }

  private static FloatVector load(float[] values, int at) {
    return FloatVector.fromArray(SPECIES, values, at);
  }
}
