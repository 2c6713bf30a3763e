package dev.braid.worker.kernel;

/**
 * The kernels of one network: they keep scratch memory, so a set belongs to one thread.
 *
 * @param matrix products of matrices
 * @param convolution products of weights with what they slide over
 * @param pooling largest numbers of windows of two by two
 * @param activation activations and softmax
 * @param reduction sums and vector arithmetic
 * @param recurrent gates of recurrent cells
 * @param normalisation what normalisations are made of
 */
public record KernelSet(
    MatrixKernel matrix,
    ConvolutionKernel convolution,
    PoolingKernel pooling,
    ActivationKernel activation,
    ReductionKernel reduction,
    RecurrentKernel recurrent,
    NormalisationKernel normalisation) {

  /** In plain loops. */
  public static KernelSet plain() {
    return named(Kernels.PLAIN);
  }

  /** The fastest that this JVM can run. */
  public static KernelSet best() {
    return named(Kernels.choose(MatrixKernel.class).name());
  }

  /** By their name among {@link Kernels}. */
  public static KernelSet named(String name) {
    return new KernelSet(
        Kernels.create(name, MatrixKernel.class, PlainMatrixKernel::new),
        Kernels.create(name, ConvolutionKernel.class, PlainConvolutionKernel::new),
        Kernels.create(name, PoolingKernel.class, PlainPoolingKernel::new),
        Kernels.create(name, ActivationKernel.class, PlainActivationKernel::new),
        Kernels.create(name, ReductionKernel.class, PlainReductionKernel::new),
        Kernels.create(name, RecurrentKernel.class, PlainRecurrentKernel::new),
        Kernels.create(name, NormalisationKernel.class, PlainNormalisationKernel::new));
  }
}
