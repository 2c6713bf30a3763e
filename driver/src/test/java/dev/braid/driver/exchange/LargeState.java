package dev.braid.driver.exchange;

import dev.braid.driver.checkpoint.Checkpoint;
import dev.braid.driver.checkpoint.Checkpoints;
import dev.braid.driver.run.RunJobs;
import dev.braid.driver.run.Stop;
import dev.braid.driver.wire.Chunk;
import dev.braid.driver.wire.SentState;
import dev.braid.driver.wire.StateBytes;
import dev.braid.driver.wire.WireFormat;
import dev.braid.worker.engine.LocalPass;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * A state of more than 2^31 numbers goes through the sliced exchange and a checkpoint, and every
 * number is checked. Two workers' states are made up as they are sent: worker w has the number (i
 * mod 1000) + w at place i, from zeros; counted 1 and 3 times the mean is (i mod 1000) + 0.75.
 *
 * <p>Arguments: numbers in the state, folder for the checkpoint. The first run writes it, a second
 * one reads it back. 2.2 billion need a heap of 12 GB and 40 GB of disk.
 */
final class LargeState {
  private LargeState() {}

  public static void main(String[] arguments) throws IOException {
    Checkpoints checkpoints = new Checkpoints(arguments[1], new Configuration(), 1);
    if (checkpoints.isEmpty()) {
      write(Long.parseLong(arguments[0]), checkpoints);
    } else {
      read(checkpoints);
    }
  }

  private static void write(long size, Checkpoints checkpoints) throws IOException {
    State state = new State(Blocks.zeros(size), List.of(), Blocks.zeros(0));
    try (SparkSession session =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.driver.maxResultSize", 0)
            .config(
                "spark.memory.fraction", 0.1) // broadcasts go to disk: the heap is for the state
            .getOrCreate()) {
      exchange(JavaSparkContext.fromSparkContext(session.sparkContext()), state);
    }
    requireMean(state);
    long begin = System.nanoTime();
    checkpoints.write(new Checkpoint(1, Map.of(), "", Map.of("state", state)));
    say("written", begin);
  }

  private static void read(Checkpoints checkpoints) {
    long begin = System.nanoTime();
    State state = checkpoints.newest(Map.of()).orElseThrow().checkpoint().states().get("state");
    say("read", begin);
    requireMean(state);
    System.out.println("all " + state.params().size() + " numbers are right");
  }

  private static void exchange(JavaSparkContext sc, State state) {
    long begin = System.nanoTime();
    List<Chunk> chunks = Chunk.of(state, SlicedExchange.chunkSize(state));
    ArrayList<Chunk> sentChunks = new ArrayList<>(chunks);
    try (RunJobs jobs = new RunJobs(sc, 60, new Stop());
        SentState sent = SentState.send(sc, state, WireFormat.FLOAT32)) {
      JavaPairRDD<Integer, byte[][]> slices =
          sc.parallelize(List.of(0, 1), 2)
              .flatMapToPair(
                  worker ->
                      IntStream.range(0, sentChunks.size())
                          .mapToObj(number -> slice(worker, number, sentChunks.get(number)))
                          .iterator());
      StateLayout layout = new StateLayout(List.of(), List.of());
      ChunkMeanTask mean = new ChunkMeanTask(2, chunks, layout, sent, WireFormat.FLOAT32);
      SlicedExchange.Gather gather = new SlicedExchange.Gather(state, chunks, WireFormat.FLOAT32);
      SlicedExchange.average(jobs, slices, chunks, mean, gather, "a large state");
      say("exchanged", begin);
    }
  }

  private static Tuple2<Integer, byte[][]> slice(int worker, int number, Chunk chunk) {
    float[] values = new float[chunk.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (chunk.from() + i) % 1000 + worker;
    }
    LocalPass.PassResult trained =
        new LocalPass.PassResult(1, worker == 0 ? 1 : 3, worker == 0 ? 1 : 3, 0, 0);
    byte[] result = new WorkerResult(worker, trained, 0, 0, Optional.empty(), Set.of()).toBytes();
    return new Tuple2<>(
        number, new byte[][] {result, StateBytes.encode(chunk, values, 0, WireFormat.FLOAT32)});
  }

  private static void requireMean(State state) {
    for (int b = 0; b < state.params().count(); b++) {
      float[] block = state.params().block(b);
      long from = (long) b * Blocks.BLOCK_SIZE;
      for (int i = 0; i < block.length; i++) {
        if (block[i] != (from + i) % 1000 + 0.75f) {
          throw new IllegalStateException("number " + (from + i) + " is " + block[i]);
        }
      }
    }
  }

  private static void say(String what, long begin) {
    System.out.printf("%s in %.1f s%n", what, (System.nanoTime() - begin) / 1e9);
  }
}
