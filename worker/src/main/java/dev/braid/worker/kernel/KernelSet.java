package dev.braid.worker.kernel;

/**
 * The kernels of one network: they keep scratch memory, so a set belongs to one thread.
 *
 * @param matrix products of matrices
 */
public record KernelSet(MatrixKernel matrix) {

  /** In plain loops. */
  public static KernelSet plain() {
    return new KernelSet(new PlainMatrixKernel());
  }

  /** The fastest that this JVM can run. */
  public static KernelSet best() {
    return plain();
  }
}
