package dev.braid.driver.exchange;

import dev.braid.driver.run.RunJobs;
import dev.braid.driver.table.ChosenPartitions;
import dev.braid.driver.wire.Chunk;
import dev.braid.driver.wire.SentState;
import dev.braid.driver.wire.StateBytes;
import dev.braid.driver.wire.WireFormat;
import dev.braid.worker.data.Shard;
import dev.braid.worker.state.State;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.Partitioner;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.PartitionPruningRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.rdd.ShuffledRDD;
import org.apache.spark.serializer.JavaSerializer;
import scala.Tuple2;
import scala.reflect.ClassTag$;

/**
 * The exchange for large states: the workers write their states to a shuffle in chunks, each chunk
 * is averaged by one executor, and the driver gathers the mean. The driver holds one state, the
 * work is spread over the cluster, and the bits are those of {@link DirectExchange}.
 */
public final class SlicedExchange implements Exchange {
  private static final int MAX_CHUNKS = 128;
  private static final int MIN_CHUNK_SIZE = 1 << 18;
  private static final long REDUCER_BYTES = 256L << 20;

  private final ExchangeSetup setup;

  public SlicedExchange(ExchangeSetup setup) {
    this.setup = setup;
  }

  /**
   * The mean arrives chunk by chunk: after a round that breaks off the state is taken back from
   * what was sent, unless that was rounded.
   */
  @Override
  public boolean keepsState() {
    return setup.averaging().transfer() == WireFormat.FLOAT32;
  }

  @Override
  public Outcome run(State state, Round round) {
    long begin = System.nanoTime();
    List<Chunk> chunks = Chunk.of(state, chunkSize(state));
    try (SentState sent = SentState.send(setup.jobs().sc(), state, setup.averaging().transfer())) {
      double sending = (System.nanoTime() - begin) / 1e9;
      WorkerOptimizerState.Sent none = new WorkerOptimizerState.Sent(List.of());
      LocalPassTask pass =
          new LocalPassTask(setup.spec(), sent, state, round, none, setup.averaging());
      JavaRDD<Shard> needed =
          JavaRDD.fromRDD(
              PartitionPruningRDD.create(
                  setup.shards().rdd().rdd(), new ChosenPartitions(round.shards())),
              setup.shards().rdd().classTag());
      JavaPairRDD<Integer, byte[][]> slices =
          needed.mapPartitionsToPair(new SliceTask(pass, round.shards(), chunks));
      ChunkMeanTask mean =
          new ChunkMeanTask(
              round.shares().size(), chunks, setup.layout(), sent, setup.averaging().transfer());
      Gather gather = new Gather(state, chunks, setup.averaging().transfer());
      try {
        average(setup.jobs(), slices, chunks, mean, gather, round.description());
        WorkerResult.requireFinite(round, gather.workers());
      } catch (RuntimeException e) {
        if (keepsState()) {
          sent.receive(state);
        }
        throw e;
      }
      return Outcome.of(
          gather.workers(),
          gather.divergence(),
          gather.averagingSeconds(),
          sending + gather.seconds());
    }
  }

  /**
   * Averages what the workers hand out.
   *
   * @param slices by chunk number, per worker what {@link SliceTask} gives
   * @param chunks of the state
   * @param mean averages some of them
   * @param gather takes the mean over
   */
  static void average(
      RunJobs jobs,
      JavaPairRDD<Integer, byte[][]> slices,
      List<Chunk> chunks,
      ChunkMeanTask mean,
      Gather gather,
      String description) {
    int workers = slices.getNumPartitions();
    int reducers = numReducers(chunks, workers, 2 * jobs.sc().defaultParallelism());
    RDD<Tuple2<Integer, byte[][]>> byChunk =
        new ShuffledRDD<Integer, byte[][], byte[][]>(
                slices.rdd(),
                new ByChunk(reducers),
                ClassTag$.MODULE$.apply(Integer.class),
                ClassTag$.MODULE$.apply(byte[][].class),
                ClassTag$.MODULE$.apply(byte[][].class))
            .setSerializer(new JavaSerializer(forgetful(jobs.sc())));
    try {
      List<Integer> all = IntStream.range(0, reducers).boxed().toList();
      jobs.run(byChunk, mean, all, gather, description, gather::missing);
    } finally {
      byChunk.cleanShuffleDependencies(false);
    }
  }

  /**
   * A stream of Java's remembers each object it has written, a hundred of them by Spark's default:
   * with a stream for each reducer a task would hold its whole state a second time.
   */
  private static SparkConf forgetful(JavaSparkContext sc) {
    return sc.getConf().set("spark.serializer.objectStreamReset", "1");
  }

  /** Chunks small enough to be spread well, and not so many that handling them costs. */
  public static int chunkSize(State state) {
    long size = state.params().size() * (1 + state.slots().size());
    int chunkSize = MIN_CHUNK_SIZE;
    while (chunkSize < StateBytes.PIECE_SIZE && size / chunkSize >= MAX_CHUNKS) {
      chunkSize *= 2;
    }
    return chunkSize;
  }

  /**
   * Enough to keep the cores busy, and so many that each has room for its chunks of all workers.
   */
  static int numReducers(List<Chunk> chunks, int workers, int tasks) {
    long bytes = workers * chunks.stream().mapToLong(Chunk::bytes).sum();
    long needed = (bytes + REDUCER_BYTES - 1) / REDUCER_BYTES;
    return (int) Math.min(chunks.size(), Math.max(tasks, needed));
  }

  /** Chunk c goes to reducer c mod n. */
  private static final class ByChunk extends Partitioner {
    private static final long serialVersionUID = 1;

    private final int reducers;

    ByChunk(int reducers) {
      this.reducers = reducers;
    }

    @Override
    public int numPartitions() {
      return reducers;
    }

    @Override
    public int getPartition(Object chunk) {
      return (Integer) chunk % reducers;
    }
  }

  /** Takes the mean over, chunk by chunk as they come. */
  static final class Gather implements RunJobs.Sink {
    private final State state;
    private final List<Chunk> chunks;
    private final WireFormat transfer;
    private final double[][] sums;
    private List<WorkerResult> workers = List.of();
    private double averagingSeconds;
    private long nanos;

    Gather(State state, List<Chunk> chunks, WireFormat transfer) {
      this.state = state;
      this.chunks = chunks;
      this.transfer = transfer;
      this.sums = new double[chunks.size()][];
    }

    @Override
    public synchronized void accept(int index, byte[][] result) {
      long begin = System.nanoTime();
      ChunkMeanTask.Answer answer = ChunkMeanTask.Answer.read(result);
      workers = answer.workers();
      averagingSeconds += answer.seconds();
      for (ChunkMeanTask.Mean mean : answer.means()) {
        Chunk chunk = chunks.get(mean.chunk());
        sums[mean.chunk()] = mean.sums();
        new ChunkMean(StateBytes.floats(mean.piece(), chunk), mean.sums())
            .applyTo(state, chunk, transfer);
      }
      nanos += System.nanoTime() - begin;
    }

    synchronized List<WorkerResult> workers() {
      return workers;
    }

    synchronized WorkerDivergence divergence() {
      WorkerDivergence divergence = new WorkerDivergence(workers.size());
      for (double[] chunkSums : sums) {
        divergence.add(chunkSums);
      }
      return divergence;
    }

    synchronized double averagingSeconds() {
      return averagingSeconds;
    }

    synchronized double seconds() {
      return nanos / 1e9;
    }

    synchronized String missing() {
      long count = Arrays.stream(sums).filter(s -> s == null).count();
      return "%d of %d chunks of the mean".formatted(count, sums.length);
    }
  }
}
