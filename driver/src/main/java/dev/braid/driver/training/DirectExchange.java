package dev.braid.driver.training;

import dev.braid.driver.data.Shards;
import dev.braid.driver.exchange.Agreement;
import dev.braid.driver.exchange.Chunk;
import dev.braid.driver.exchange.ChunkMean;
import dev.braid.driver.exchange.SentState;
import dev.braid.driver.exchange.StateBytes;
import dev.braid.driver.exchange.Transfer;
import dev.braid.worker.data.Shard;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.broadcast.Broadcast;

/**
 * The exchange for small states: the driver broadcasts the state, each worker returns its own, and
 * the driver averages them. The driver holds one state per worker.
 */
final class DirectExchange implements Exchange {
  /** Floats averaged at a time: they stay in the processor's second cache. */
  private static final int CHUNK_SIZE = 1 << 16;

  private final RoundJobs jobs;
  private final Shards shards;
  private final StateLayout layout;
  private final Broadcast<byte[]> spec;
  private final Averaging averaging;
  private final OwnSlots ownSlots;
  private final List<State> returned = new ArrayList<>();

  DirectExchange(
      RoundJobs jobs,
      Shards shards,
      StateLayout layout,
      Broadcast<byte[]> spec,
      Averaging averaging,
      OwnSlots ownSlots) {
    this.jobs = jobs;
    this.shards = shards;
    this.layout = layout;
    this.spec = spec;
    this.averaging = averaging;
    this.ownSlots = ownSlots;
  }

  @Override
  public boolean keepsState() {
    return true;
  }

  @Override
  public Outcome run(State state, Round round) {
    long begin = System.nanoTime();
    try (SentState sent = SentState.send(jobs.sc(), state, averaging.transfer());
        OwnSlots.Sent sentSlots = ownSlots.send(jobs.sc(), round)) {
      long broadcast = System.nanoTime();
      LocalPassTask pass = new LocalPassTask(spec, sent, round, sentSlots, averaging);
      byte[][][] answers =
          jobs.run(shards.rdd(), round.shards(), new Task(pass), round.description());
      long answered = System.nanoTime();
      List<WorkerResult> results = read(answers, state);
      WorkerResult.requireFinite(round, results);
      Agreement agreement = average(results, state, sent);
      for (int i = 0; i < results.size(); i++) {
        WorkerResult result = results.get(i);
        ownSlots.take(result.worker(), returned.get(i), result.trained().numSteps());
      }
      double driverSeconds = (broadcast - begin + System.nanoTime() - answered) / 1e9;
      return Outcome.of(results, agreement, 0, driverSeconds);
    }
  }

  private static final class Task extends ShardTask {
    private static final long serialVersionUID = 1;

    private final LocalPassTask pass;

    Task(LocalPassTask pass) {
      this.pass = pass;
    }

    @Override
    byte[][] run(int number, Shard shard) {
      ReplicaPool pool = pass.pool();
      return pool.lend(
          kept -> {
            WorkerResult result = pass.train(kept, pool.spec(), number, shard);
            long trained = System.nanoTime();
            State answer = pass.answer(kept);
            List<byte[]> bytes = new ArrayList<>();
            bytes.add(new byte[0]); // the result, once the time for the encoding is known
            for (Chunk chunk : Chunk.of(answer, StateBytes.PIECE_SIZE)) {
              bytes.add(pass.encode(answer, chunk));
            }
            bytes.set(0, result.plusExchange((System.nanoTime() - trained) / 1e9).toBytes());
            return bytes.toArray(byte[][]::new);
          });
    }
  }

  private List<WorkerResult> read(byte[][][] answers, State like) {
    while (returned.size() < answers.length) {
      returned.add(ownSlots.with(like));
    }
    return IntStream.range(0, answers.length)
        .parallel()
        .mapToObj(
            i -> {
              byte[][] answer = answers[i];
              answers[i] = null; // once read its memory is free for the others
              byte[][] pieces = Arrays.copyOfRange(answer, 1, answer.length);
              StateBytes.decode(pieces, returned.get(i));
              return WorkerResult.read(answer[0]);
            })
        .toList();
  }

  /** Chunks side by side, as no task is running now; their sums are added up in order. */
  private Agreement average(List<WorkerResult> results, State state, SentState sent) {
    long[] weights = WorkerResult.weights(results);
    List<State> states = returned.subList(0, results.size());
    List<double[]> sums =
        Chunk.of(state, CHUNK_SIZE).parallelStream()
            .map(chunk -> average(chunk, states, weights, state, sent))
            .toList();
    Agreement agreement = new Agreement(results.size());
    sums.forEach(agreement::add);
    return agreement;
  }

  private double[] average(
      Chunk chunk, List<State> states, long[] weights, State state, SentState sent) {
    boolean whole = averaging.transfer() == Transfer.FLOAT32;
    ChunkMean mean =
        ChunkMean.of(
            chunk,
            states.stream().map(chunk::array).toArray(float[][]::new),
            chunk.at(),
            weights,
            layout,
            whole ? chunk.array(state) : sent.values(chunk),
            whole ? chunk.at() : 0,
            averaging.transfer());
    mean.applyTo(state, chunk, averaging.transfer());
    return mean.sums();
  }
}
