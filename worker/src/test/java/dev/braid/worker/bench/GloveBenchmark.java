package dev.braid.worker.bench;

import dev.braid.worker.embedding.LearningRates;
import dev.braid.worker.glove.CellBlock;
import dev.braid.worker.glove.CellCounts;
import dev.braid.worker.glove.Glove;
import dev.braid.worker.glove.GloveKernel;
import dev.braid.worker.glove.GloveRows;
import dev.braid.worker.kernel.Kernels;
import dev.braid.worker.random.SplitMix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Cells per second of GloVe's local passes alone, each with its negative sample: no Spark. Every
 * thread has a block of its own, 3,500 words to a side and 400,000 cells: a block of the benchmark
 * text has about so many.
 *
 * <pre>
 * mvn -q -pl worker test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * java --add-modules=jdk.incubator.vector -Xmx3g -cp worker/target/test-classes:
 *     worker/target/classes:$(cat worker/target/classpath)
 *     dev.braid.worker.bench.GloveBenchmark 100 2
 * </pre>
 *
 * Arguments: dimension, threads.
 */
public final class GloveBenchmark {
  private static final int NUM_WORDS = 3500;
  private static final int NUM_CELLS = 400_000;
  private static final int PASSES = 10;

  private GloveBenchmark() {}

  /** Prints cells per second of ten passes, five times. */
  public static void main(String[] arguments) throws Exception {
    int dimension = Integer.parseInt(arguments[0]);
    int threads = Integer.parseInt(arguments[1]);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    for (int run = 0; run < 5; run++) {
      List<Future<Double>> passes = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int number = thread;
        passes.add(pool.submit(() -> secondsOfPasses(dimension, number)));
      }
      double slowest = 0;
      for (Future<Double> pass : passes) {
        slowest = Math.max(slowest, pass.get());
      }
      System.out.printf("%,.0f cells/s%n", (double) threads * NUM_CELLS * PASSES / slowest);
    }
    pool.shutdown();
  }

  private static double secondsOfPasses(int dimension, int thread) {
    Glove glove =
        new Glove(
            dimension,
            new Glove.Window(20, true),
            0,
            new Glove.Weighting(10, 0.75),
            1,
            new LearningRates(0.05, 0.05));
    CellBlock cells = CellBlock.of(counts(thread), glove, thread);
    GloveRows rows = GloveRows.initial(new float[NUM_WORDS], 0, 1, dimension, 1);
    GloveRows columns = GloveRows.initial(new float[NUM_WORDS], 0, 1, dimension, 2);
    GloveKernel kernel = GloveKernel.create(Kernels.choose(GloveKernel.class).name());
    long begin = System.nanoTime();
    for (int pass = 0; pass < PASSES; pass++) {
      kernel.train(rows, columns, cells.withNegatives(1, pass), 0.05f);
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  /** Words of rank r have cells as 1/sqrt(r), about as in a text. */
  private static CellCounts counts(int thread) {
    SplitMix random = SplitMix.stream(thread);
    int[] rows = new int[NUM_CELLS];
    int[] columns = new int[NUM_CELLS];
    long[] counts = new long[NUM_CELLS];
    for (int i = 0; i < NUM_CELLS; i++) {
      rows[i] = word(random);
      columns[i] = word(random);
    }
    Arrays.fill(counts, 100_000_000);
    return new CellCounts(rows, columns, counts);
  }

  private static int word(SplitMix random) {
    double u = random.nextDouble();
    return (int) (NUM_WORDS * u * u);
  }
}
