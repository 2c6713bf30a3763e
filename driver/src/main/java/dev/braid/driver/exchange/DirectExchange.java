package dev.braid.driver.exchange;

import dev.braid.driver.plan.OptimizerState;
import dev.braid.driver.run.ReplicaPool;
import dev.braid.driver.run.ShardTask;
import dev.braid.driver.wire.Chunk;
import dev.braid.driver.wire.SentState;
import dev.braid.driver.wire.Shared;
import dev.braid.driver.wire.StateBytes;
import dev.braid.driver.wire.WireFormat;
import dev.braid.worker.data.Shard;
import dev.braid.worker.state.State;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;

/**
 * The exchange for small states: the driver broadcasts the state, each worker returns its own, and
 * the driver averages them. The driver holds one state per worker. On an embedded Spark states are
 * handed over in memory instead of as bytes.
 */
public final class DirectExchange implements Exchange {
  /** Floats averaged at a time: they stay in the processor's second cache. */
  private static final int CHUNK_SIZE = 1 << 16;

  private final ExchangeSetup setup;
  private final WorkerOptimizerState ownSlots;
  private final List<State> returned = new ArrayList<>();

  public DirectExchange(ExchangeSetup setup, WorkerOptimizerState ownSlots) {
    this.setup = setup;
    this.ownSlots = ownSlots;
  }

  @Override
  public boolean keepsState() {
    return true;
  }

  @Override
  public Outcome run(State state, Round round) {
    long begin = System.nanoTime();
    try (SentState sent = SentState.send(setup.jobs().sc(), state, setup.averaging().transfer());
        WorkerOptimizerState.Sent sentSlots = ownSlots.send(setup.jobs().sc(), round);
        Shared<State> answered = Shared.open()) {
      long broadcast = System.nanoTime();
      LocalPassTask pass =
          new LocalPassTask(setup.spec(), sent, state, round, sentSlots, setup.averaging());
      boolean shares =
          setup.jobs().sc().isLocal() && setup.averaging().transfer() == WireFormat.FLOAT32;
      ShardTask task = shares ? new SharingTask(pass, answered) : new SendingTask(pass);
      byte[][][] answers =
          setup.jobs().run(setup.shards().rdd(), round.shards(), task, round.description());
      long received = System.nanoTime();
      List<WorkerResult> results =
          Arrays.stream(answers).map(answer -> WorkerResult.read(answer[0])).toList();
      WorkerResult.requireFinite(round, results);
      List<State> states = shares ? taken(answers, answered) : decoded(answers, state);
      WorkerDivergence divergence = average(states, WorkerResult.weights(results), state, sent);
      for (int i = 0; i < results.size(); i++) {
        WorkerResult result = results.get(i);
        ownSlots.take(result.worker(), states.get(i), result.trained().numSteps());
      }
      if (shares && setup.averaging().optimizerState() == OptimizerState.AVERAGED) {
        states.forEach(ReplicaPool.of(setup.spec().value())::giveRoomBack);
      }
      double driverSeconds = (broadcast - begin + System.nanoTime() - received) / 1e9;
      return Outcome.of(results, divergence, 0, driverSeconds);
    }
  }

  /** Sends the state back as bytes. */
  private static final class SendingTask extends ShardTask {
    private static final long serialVersionUID = 1;

    private final LocalPassTask pass;

    SendingTask(LocalPassTask pass) {
      this.pass = pass;
    }

    @Override
    protected byte[][] run(int number, Shard shard) {
      ReplicaPool pool = pass.pool();
      return pool.lend(
          kept -> {
            WorkerResult result = pass.train(kept, number, shard, kept.state());
            long trained = System.nanoTime();
            State answer = pass.answer(kept.state());
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

  /** Hands the state over to the driver, which is in the same JVM, under the attempt's number. */
  private static final class SharingTask extends ShardTask {
    private static final long serialVersionUID = 1;

    private final LocalPassTask pass;
    private final Shared<State> answers;

    SharingTask(LocalPassTask pass, Shared<State> answers) {
      this.pass = pass;
      this.answers = answers;
    }

    @Override
    protected byte[][] run(int number, Shard shard) {
      ReplicaPool pool = pass.pool();
      return pool.lend(
          kept -> {
            State target = pool.takeRoom(kept.replica());
            WorkerResult result = pass.train(kept, number, shard, target);
            long attempt = TaskContext.get().taskAttemptId();
            answers.put(attempt, pass.answer(target));
            byte[] key = ByteBuffer.allocate(Long.BYTES).putLong(attempt).array();
            return new byte[][] {result.toBytes(), key};
          });
    }
  }

  private static List<State> taken(byte[][][] answers, Shared<State> states) {
    return Arrays.stream(answers)
        .map(answer -> states.get(ByteBuffer.wrap(answer[1]).getLong()).orElseThrow())
        .toList();
  }

  private List<State> decoded(byte[][][] answers, State like) {
    while (returned.size() < answers.length) {
      returned.add(ownSlots.with(like));
    }
    IntStream.range(0, answers.length)
        .parallel()
        .forEach(
            i -> {
              byte[][] pieces = Arrays.copyOfRange(answers[i], 1, answers[i].length);
              answers[i] = null; // its memory is free once it is read
              StateBytes.decode(pieces, returned.get(i));
            });
    return returned.subList(0, answers.length);
  }

  /**
   * Averages chunk by chunk on all of the driver's cores, which are idle now; what is summed over
   * the chunks is summed in their order.
   */
  private WorkerDivergence average(
      List<State> states, long[] weights, State state, SentState sent) {
    List<Chunk> chunks = Chunk.of(state, CHUNK_SIZE);
    double[][] sums = new double[chunks.size()][];
    IntStream.range(0, sums.length)
        .parallel()
        .forEach(i -> sums[i] = average(chunks.get(i), states, weights, state, sent));
    WorkerDivergence divergence = new WorkerDivergence(weights.length);
    for (double[] chunkSums : sums) {
      divergence.add(chunkSums);
    }
    return divergence;
  }

  private double[] average(
      Chunk chunk, List<State> states, long[] weights, State state, SentState sent) {
    boolean whole = setup.averaging().transfer() == WireFormat.FLOAT32;
    float[] before = whole ? chunk.array(state) : sent.values(chunk);
    float[][] values = states.stream().map(chunk::array).toArray(float[][]::new);
    ChunkMean mean =
        ChunkMean.of(
            new ChunkVersions(chunk, values, chunk.at(), weights),
            setup.layout(),
            before,
            whole ? chunk.at() : 0,
            setup.averaging().transfer());
    mean.applyTo(state, chunk, setup.averaging().transfer());
    return mean.sums();
  }
}
