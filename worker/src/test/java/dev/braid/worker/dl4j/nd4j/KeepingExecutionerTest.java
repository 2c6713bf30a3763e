package dev.braid.worker.dl4j.nd4j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.OwnJvm;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class KeepingExecutionerTest {
  /** ND4J's own executioner crashed after 2 to 20 seconds of this, five times of five. */
  @Test
  void operations_surviveTheGarbageCollector() throws IOException, InterruptedException {
    List<String> flags = List.of("-Xmx256m", "-XX:+UseG1GC", "-XX:-CreateCoredumpOnCrash");
    String output = OwnJvm.run(flags, BroadcastsUnderCollection.class);
    assertTrue(output.contains("executioner: " + KeepingExecutioner.class.getName()), output);
  }

  /** Broadcasts on four threads while a fifth collects garbage all the time. */
  static final class BroadcastsUnderCollection {
    private static final int SECONDS = 15;

    private BroadcastsUnderCollection() {}

    public static void main(String[] arguments) throws InterruptedException {
      System.out.println("executioner: " + Nd4j.getExecutioner().getClass().getName());
      long end = System.nanoTime() + SECONDS * 1_000_000_000L;
      List<Thread> threads =
          IntStream.range(0, 4).mapToObj(i -> new Thread(() -> broadcastUntil(end))).toList();
      threads.forEach(Thread::start);
      while (System.nanoTime() < end) {
        System.gc();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      System.exit(0);
    }

    private static void broadcastUntil(long end) {
      INDArray sums = Nd4j.zeros(32, 64);
      INDArray row = Nd4j.ones(1, 64);
      while (System.nanoTime() < end) {
        sums.addiRowVector(row);
      }
    }
  }
}
