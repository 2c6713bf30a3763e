package dev.braid.worker.bench;

import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.kernel.Matrix;
import dev.braid.worker.kernel.MatrixKernel;
import dev.braid.worker.kernel.VectorPeakKernel;
import dev.braid.worker.random.SplitMix;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Products of the shapes that networks have, in their three forms: the share of the peak of fused
 * multiply-adds that this core reaches, and how many times as fast they are as libtorch's. A plain
 * program rather than JMH: peak, product and peer take turns of a millisecond of the thread's
 * processor time, so that what else the machine does meets all three, and medians of their ratios
 * are printed.
 *
 * <pre>
 * mvn -q -pl worker test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * export OMP_NUM_THREADS=1
 * java --add-modules jdk.incubator.vector -cp worker/target/test-classes:worker/target/classes:$(cat
 *     worker/target/classpath) dev.braid.worker.bench.KernelBenchmark 64x256x784 256x256x256
 * </pre>
 *
 * A shape is examples x units x features. For an older processor's figures the JVM takes {@code
 * -XX:UseAVX=2} and the peer {@code ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2
 * MKL_ENABLE_INSTRUCTIONS=AVX2 OPENBLAS_CORETYPE=Haswell}.
 */
public final class KernelBenchmark {
  private static final int WARM_UP = 300;
  private static final int TURNS = 401;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private KernelBenchmark() {}

  /** A product of ours and of libtorch. */
  private record Product(String form, Runnable ours, Runnable peers) {}

  /** The matrices of a dense layer, in arrays and as tensors. */
  private record Layer(int examples, int units, int features, SplitMix random) {
    Matrix matrix(int rows, int columns) {
      float[] numbers = new float[rows * columns];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = (float) random.nextGaussian();
      }
      return new Matrix().bind(numbers, 0, rows, columns);
    }

    Product[] products(MatrixKernel kernel) {
      Matrix x = matrix(examples, features);
      Matrix z = matrix(examples, units);
      Matrix weight = matrix(units, features);
      Matrix bias = matrix(1, units);
      Matrix biases = new Matrix().bind(bias.array(), 0, examples, units, 0);
      Matrix weightTurned = new Matrix().transposeOf(weight);
      Matrix zTurned = new Matrix().transposeOf(z);
      Tensor tensorX = tensor(x);
      Tensor tensorZ = tensor(z);
      Tensor tensorW = tensor(weight);
      Tensor tensorB = tensor(bias);
      Scalar one = new Scalar(1f);
      return new Product[] {
        new Product(
            "forward",
            () -> kernel.multiply(x, weightTurned, biases, z),
            () -> torch.addmm_out(tensorZ, tensorB, tensorX, tensorW.t(), one, one)),
        new Product(
            "input gradient",
            () -> kernel.multiply(z, weight, x, false),
            () -> torch.mm_out(tensorX, tensorZ, tensorW)),
        new Product(
            "weight gradient",
            () -> kernel.multiply(zTurned, x, weight, true),
            () -> tensorW.addmm_(tensorZ.t(), tensorX, one, new Scalar(1e-6f)))
      };
    }

    private static Tensor tensor(Matrix matrix) {
      return torch.tensor(matrix.array()).reshape(matrix.rows(), matrix.columns());
    }

    double terms() {
      return (double) examples * units * features;
    }
  }

  /** Prints a line for each shape and form. */
  public static void main(String[] shapes) {
    torch.set_num_threads(1);
    for (String shape : shapes) {
      int[] sizes = Arrays.stream(shape.split("x", -1)).mapToInt(Integer::parseInt).toArray();
      Layer layer = new Layer(sizes[0], sizes[1], sizes[2], SplitMix.stream(1));
      for (Product product : layer.products(KernelSet.best().matrix())) {
        report(shape, product, layer.terms());
      }
    }
  }

  private static void report(String shape, Product product, double terms) {
    VectorPeakKernel peak = new VectorPeakKernel();
    int peakTurns = 10_000;
    int calls = (int) (peakTurns * VectorPeakKernel.TERMS / terms) + 1;
    double[] shares = new double[TURNS];
    double[] ratios = new double[TURNS];
    for (int turn = -WARM_UP; turn < TURNS; turn++) {
      double atPeak = seconds(1, () -> peak.run(peakTurns));
      double ours = seconds(calls, product.ours);
      double peers = seconds(calls, product.peers);
      if (turn >= 0) {
        double peakRate = peakTurns * (double) VectorPeakKernel.TERMS / atPeak;
        shares[turn] = terms * calls / ours / peakRate;
        ratios[turn] = peers / ours;
      }
    }
    System.out.printf(
        "%s %s: %.2f of peak (%.2f in the quietest tenth), %.2f x libtorch%n",
        shape, product.form, quantile(shares, 0.5), quantile(shares, 0.9), quantile(ratios, 0.5));
  }

  private static double seconds(int calls, Runnable work) {
    long start = THREADS.getCurrentThreadCpuTime();
    for (int i = 0; i < calls; i++) {
      work.run();
    }
    return (THREADS.getCurrentThreadCpuTime() - start) / 1e9;
  }

  private static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) (share * (sorted.length - 1))];
  }
}
