package dev.braid.worker.kernel;

/**
 * The right side of several products, which a kernel packs once ({@link MatrixKernel#pack}): then
 * none of them has to, as long as the matrix stays as it is.
 */
public final class PackedMatrix {
  private final Matrix matrix = new Matrix();
  private float[] packed = {};

  /** The matrix, to be bound before it is packed. */
  public Matrix matrix() {
    return matrix;
  }

  /** Room for {@code size} floats, in which a kernel lays them out as it needs them. */
  float[] packed(int size) {
    if (packed.length < size) {
      packed = new float[size];
    }
    return packed;
  }

  /** The floats as a kernel has laid them out. */
  float[] packed() {
    return packed;
  }
}
