package dev.braid.driver.exchange;

import dev.braid.driver.wire.Chunk;
import dev.braid.driver.wire.SentState;
import dev.braid.driver.wire.StateBytes;
import dev.braid.driver.wire.WireFormat;
import dev.braid.worker.state.StateLayout;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.TaskContext;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction2;

/**
 * Averages some chunks of the workers' states, in worker order whatever the order they arrive in.
 */
public final class ChunkMeanTask
    extends AbstractFunction2<TaskContext, Iterator<Tuple2<Integer, byte[][]>>, byte[][]>
    implements Serializable {
  private static final long serialVersionUID = 1;

  private final int workers;
  private final ArrayList<Chunk> chunks;
  private final StateLayout layout;
  private final SentState sent;
  private final WireFormat transfer;

  /**
   * @param workers of the round
   * @param chunks of the state
   * @param sent what the workers began with
   */
  public ChunkMeanTask(
      int workers, List<Chunk> chunks, StateLayout layout, SentState sent, WireFormat transfer) {
    this.workers = workers;
    this.chunks = new ArrayList<>(chunks);
    this.layout = layout;
    this.sent = sent;
    this.transfer = transfer;
  }

  @Override
  public byte[][] apply(TaskContext context, Iterator<Tuple2<Integer, byte[][]>> slices) {
    TreeMap<Integer, WorkerResult> results = new TreeMap<>();
    TreeMap<Integer, TreeMap<Integer, byte[]>> pieces = new TreeMap<>();
    List<Mean> means = new ArrayList<>();
    long nanos = 0;
    while (slices.hasNext()) {
      Tuple2<Integer, byte[][]> slice = slices.next();
      WorkerResult result = WorkerResult.read(slice._2()[0]);
      results.put(result.worker(), result);
      TreeMap<Integer, byte[]> all = pieces.computeIfAbsent(slice._1(), c -> new TreeMap<>());
      all.put(result.worker(), slice._2()[1]);
      if (all.size() == workers && results.values().stream().allMatch(WorkerResult::isFinite)) {
        long begin = System.nanoTime();
        pieces.remove(slice._1());
        means.add(mean(slice._1(), all, results));
        nanos += System.nanoTime() - begin;
      }
    }
    return new Answer(List.copyOf(results.values()), nanos / 1e9, means).toBytes();
  }

  private Mean mean(int number, Map<Integer, byte[]> pieces, Map<Integer, WorkerResult> results) {
    Chunk chunk = chunks.get(number);
    float[][] values =
        pieces.values().stream()
            .map(piece -> StateBytes.floats(piece, chunk))
            .toArray(float[][]::new);
    long[] weights = WorkerResult.weights(List.copyOf(results.values()));
    float[] before = chunk.isOfParams() ? sent.values(chunk) : null;
    ChunkMean mean =
        ChunkMean.of(new ChunkVersions(chunk, values, 0, weights), layout, before, 0, transfer);
    byte[] piece = StateBytes.encode(chunk, mean.values(), 0, WireFormat.FLOAT32);
    return new Mean(number, mean.sums(), piece);
  }

  /**
   * The mean of one chunk.
   *
   * @param chunk its number
   * @param sums see {@link ChunkMean}
   * @param piece its values, see {@link StateBytes}
   */
  @SuppressWarnings("ArrayRecordComponent") // values in bulk: compared nowhere
  record Mean(int chunk, double[] sums, byte[] piece) {}

  /**
   * What such a task answers.
   *
   * @param workers in worker order
   * @param seconds spent averaging
   * @param means none when a worker's loss was not finite
   */
  record Answer(List<WorkerResult> workers, double seconds, List<Mean> means) {

    byte[][] toBytes() {
      List<byte[]> bytes = new ArrayList<>();
      bytes.add(ByteBuffer.allocate(12).putInt(workers.size()).putDouble(seconds).array());
      workers.forEach(worker -> bytes.add(worker.toBytes()));
      for (Mean mean : means) {
        ByteBuffer header = ByteBuffer.allocate(4 + 8 * mean.sums().length).putInt(mean.chunk());
        header.asDoubleBuffer().put(mean.sums());
        bytes.add(header.array());
        bytes.add(mean.piece());
      }
      return bytes.toArray(byte[][]::new);
    }

    static Answer read(byte[][] bytes) {
      ByteBuffer first = ByteBuffer.wrap(bytes[0]);
      int numWorkers = first.getInt();
      double seconds = first.getDouble();
      List<WorkerResult> workers = new ArrayList<>();
      for (int i = 1; i <= numWorkers; i++) {
        workers.add(WorkerResult.read(bytes[i]));
      }
      List<Mean> means = new ArrayList<>();
      for (int i = 1 + numWorkers; i < bytes.length; i += 2) {
        ByteBuffer header = ByteBuffer.wrap(bytes[i]);
        int chunk = header.getInt();
        double[] sums = new double[header.remaining() / 8];
        header.asDoubleBuffer().get(sums);
        means.add(new Mean(chunk, sums, bytes[i + 1]));
      }
      return new Answer(workers, seconds, means);
    }
  }
}
