package dev.braid.driver.embedding.glove;

import dev.braid.driver.embedding.EmbeddingListener;
import dev.braid.driver.embedding.EmbeddingModel;
import dev.braid.driver.embedding.TableRounds;
import dev.braid.driver.embedding.corpus.CorpusVocabulary;
import dev.braid.driver.embedding.corpus.CountedCorpus;
import dev.braid.driver.embedding.vectors.AllButTheTop;
import dev.braid.driver.embedding.vectors.WordVectors;
import dev.braid.driver.run.CalledOff;
import dev.braid.driver.run.RunContext;
import dev.braid.driver.run.RunJobs;
import dev.braid.driver.run.Stop;
import dev.braid.driver.table.DirectPartitioner;
import dev.braid.worker.embedding.Frame;
import dev.braid.worker.glove.CellBlock;
import dev.braid.worker.glove.GloveKernel;
import dev.braid.worker.glove.GloveRows;
import dev.braid.worker.random.RandomStream;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Trains GloVe on blocks of the co-occurrence matrix that share no parameters.
 *
 * <pre>
 *   count the co-occurrences, cut into P x P blocks                  CoOccurrences
 *   for each pass, for each of its P sub-rounds
 *     every block of rows meets another block of columns             GlovePlan.meetings
 *     each pair trains on the cells where they cross                 GloveKernel
 *   report the loss; checkpoint when due                             GlovePass, TableRounds
 *   a word's vector is its row plus its column                       GloveVectors
 *   less the direction that all share                                AllButTheTop
 * </pre>
 *
 * <p>No two tasks of a sub-round touch the same parameters, so nothing is averaged: the result is
 * that of one thread that trains the blocks one after the other. Rows stay where they are, columns
 * travel by shuffle; the driver holds neither.
 */
public final class GloveTraining implements TableRounds.Table {
  private final Stop stop;
  private final RunJobs jobs;
  private final CountedCorpus corpus;
  private final GlovePlan plan;
  private final CoOccurrences cells;
  private GloveParameters parameters;

  private GloveTraining(
      RunContext run, RunJobs jobs, CountedCorpus corpus, GlovePlan plan, CoOccurrences cells) {
    this.stop = run.stop();
    this.jobs = jobs;
    this.corpus = corpus;
    this.plan = plan;
    this.cells = cells;
  }

  /**
   * Trains, see {@link EmbeddingModel.Fitted#train}; rows and columns begin as half of the vectors
   * to go on from.
   *
   * @param plan with its blocks filled in, see {@link GlovePlan#forCorpus}
   */
  static WordVectors train(
      RunContext run, CountedCorpus corpus, GlovePlan plan, EmbeddingListener listener) {
    CorpusVocabulary words = corpus.vocabulary();
    try (CoOccurrences cells = CoOccurrences.count(corpus.texts(), words, plan);
        RunJobs jobs = run.jobs()) {
      GloveTraining training = new GloveTraining(run, jobs, corpus, plan, cells);
      TableRounds.train(run, listener, plan.passes(), training);
      WordVectors vectors = GloveVectors.of(words, training.blocks(), plan.dimension());
      training.parameters.close();
      return AllButTheTop.remove(vectors, plan.removedDirections()).requireFinite();
    }
  }

  @Override
  public void begin(Optional<JavaPairRDD<Integer, byte[]>> saved) {
    parameters =
        saved
            .map(table -> GloveParameters.of(table, plan.blocks()))
            .orElseGet(() -> GloveParameters.initial(corpus, plan));
  }

  /** Some of its sub-rounds are done. */
  @Override
  public boolean survivesCallOff() {
    return false;
  }

  @Override
  public JavaPairRDD<Integer, byte[]> blocks() {
    return parameters.all(plan.blocks());
  }

  @Override
  public void replace(JavaPairRDD<Integer, byte[]> blocks) {
    parameters.close();
    parameters = GloveParameters.of(blocks, plan.blocks());
  }

  /**
   * What a task gives back, as one frame: what it did, then the rows, then the columns.
   *
   * @param loss summed over the cells
   * @param seconds of training
   * @param column number of the block of columns it met
   */
  private record TaskResult(double loss, double seconds, int column, Frame.Reader rest) {
    static TaskResult of(byte[] bytes) {
      Frame.Reader frame = Frame.read(bytes, Frame.Kind.STATISTICS);
      return new TaskResult(frame.nextDouble(), frame.nextDouble(), frame.nextInt(), frame);
    }

    byte[] rows() {
      return rest.nextBytes();
    }

    Tuple2<Integer, byte[]> columns() {
      rest.nextBytes();
      return new Tuple2<>(column, rest.nextBytes());
    }
  }

  @Override
  public GlovePass train(int pass) {
    long begin = System.nanoTime();
    double loss = 0;
    double computeSeconds = 0;
    int[][] meetings = plan.meetings(pass);
    for (int subRound = 0; subRound < meetings.length; subRound++) {
      if (stop.isRequested()) {
        throw new CalledOff(null);
      }
      GloveParameters before = parameters;
      GloveParameters next = subRound(cells, plan, pass, subRound, meetings[subRound], before);
      List<Tuple2<Double, Double>> tasks =
          jobs.call(
              "GloVe: pass " + (pass + 1),
              () -> "its blocks",
              () ->
                  next.cached()
                      .map(TaskResult::of)
                      .map(task -> new Tuple2<>(task.loss(), task.seconds()))
                      .collect());
      double slowest = 0;
      for (Tuple2<Double, Double> task : tasks) {
        loss += task._1;
        slowest = Math.max(slowest, task._2);
      }
      computeSeconds += slowest;
      parameters = next;
      before.close();
    }
    if (!Double.isFinite(loss)) {
      throw new IllegalStateException(
          "loss became %s in pass %d (learningRate %s); set glove.learningRate lower"
              .formatted(loss, pass + 1, plan.glove().learningRateAt(pass, plan.passes())));
    }
    return new GlovePass(
        pass + 1,
        plan.passes(),
        loss / Math.max(1, cells.total()),
        cells.total(),
        computeSeconds,
        (System.nanoTime() - begin) / 1e9);
  }

  /** Every block of rows trains with the block of columns it meets. */
  private static GloveParameters subRound(
      CoOccurrences cells,
      GlovePlan plan,
      int pass,
      int subRound,
      int[] meeting,
      GloveParameters parameters) {
    int[] rowOfColumn = new int[meeting.length];
    for (int row = 0; row < meeting.length; row++) {
      rowOfColumn[meeting[row]] = row;
    }
    JavaRDD<Tuple2<Integer, byte[]>> columns =
        parameters
            .columns()
            .mapToPair(column -> new Tuple2<>(rowOfColumn[column._1], column))
            .partitionBy(new DirectPartitioner(meeting.length))
            .values();
    JavaRDD<byte[]> trained =
        cells
            .of(meeting)
            .zipPartitions(
                parameters.rows().zip(columns),
                (block, pair) -> train(plan, pass, subRound, block.next(), pair.next()))
            .persist(StorageLevel.MEMORY_AND_DISK());
    return new GloveParameters(
        trained.map(bytes -> TaskResult.of(bytes).rows()),
        trained.mapToPair(bytes -> TaskResult.of(bytes).columns()),
        trained);
  }

  private static Iterator<byte[]> train(
      GlovePlan plan,
      int pass,
      int subRound,
      byte[] block,
      Tuple2<byte[], Tuple2<Integer, byte[]>> pair) {
    long begin = System.nanoTime();
    GloveRows rows = GloveRows.fromBytes(pair._1);
    int column = pair._2._1;
    GloveRows columns = GloveRows.fromBytes(pair._2._2);
    CellBlock cells =
        CellBlock.fromBytes(block)
            .withNegatives(
                plan.glove().negativeWeight(),
                plan.key(RandomStream.GLOVE_NEGATIVES, pass, subRound, column));
    float rate = (float) plan.glove().learningRateAt(pass, plan.passes());
    double sum = GloveKernel.create(plan.kernel()).train(rows, columns, cells, rate);
    double loss = rows.isFinite() && columns.isFinite() ? sum : Double.NaN;
    double seconds = (System.nanoTime() - begin) / 1e9;
    Frame.Writer trained = Frame.write(Frame.Kind.STATISTICS).put(loss).put(seconds);
    trained.put(column).put(rows.toBytes()).put(columns.toBytes());
    return List.of(trained.toBytes()).iterator();
  }
}
