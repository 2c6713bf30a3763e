package dev.braid.driver.embedding.glove;

import dev.braid.driver.checkpoint.Checkpoints;
import dev.braid.driver.checkpoint.TableCheckpoint;
import dev.braid.driver.embedding.EmbeddingListener;
import dev.braid.driver.embedding.EmbeddingModel;
import dev.braid.driver.embedding.corpus.Corpus;
import dev.braid.driver.embedding.corpus.StartVectors;
import dev.braid.driver.embedding.corpus.Vocabulary;
import dev.braid.driver.embedding.corpus.VocabularyBlock;
import dev.braid.driver.embedding.vectors.AllButTheTop;
import dev.braid.driver.embedding.vectors.WordVectors;
import dev.braid.driver.run.CalledOff;
import dev.braid.driver.run.RunContext;
import dev.braid.driver.run.RunJobs;
import dev.braid.driver.run.Saving;
import dev.braid.driver.table.DirectPartitioner;
import dev.braid.driver.table.Iterators;
import dev.braid.worker.embedding.Frame;
import dev.braid.worker.embedding.RowBlock;
import dev.braid.worker.glove.CellBlock;
import dev.braid.worker.glove.GloveKernels;
import dev.braid.worker.glove.GloveRows;
import dev.braid.worker.random.RandomStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
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
 *   report the loss; checkpoint when due                             GlovePass, Saving
 *   a word's vector is its row plus its column
 *   less the direction that all share                                AllButTheTop
 * </pre>
 *
 * <p>No two tasks of a sub-round touch the same parameters, so nothing is averaged: the result is
 * that of one thread that trains the blocks one after the other. Rows stay where they are, columns
 * travel by shuffle; the driver holds neither.
 */
public final class GloveTraining {
  private final RunContext run;
  private final RunJobs jobs;
  private final GlovePlan plan;
  private final CoOccurrences cells;
  private final EmbeddingListener listener;
  private final Saving saving;
  private Parameters parameters;
  private int done;

  private GloveTraining(
      RunContext run,
      RunJobs jobs,
      GlovePlan plan,
      CoOccurrences cells,
      EmbeddingListener listener) {
    this.run = run;
    this.jobs = jobs;
    this.plan = plan;
    this.cells = cells;
    this.listener = listener;
    this.saving = new Saving(run.checkpointing(), listener);
  }

  /**
   * Trains, see {@link EmbeddingModel.Fitted#train}.
   *
   * @param plan with its blocks filled in, see {@link GlovePlan#forCorpus}
   * @param start vectors to go on from: rows and columns begin as half of them
   */
  static WordVectors train(
      RunContext run,
      Corpus corpus,
      Vocabulary vocabulary,
      GlovePlan plan,
      Optional<WordVectors> start,
      EmbeddingListener listener) {
    try (CoOccurrences cells = CoOccurrences.count(corpus, vocabulary, plan);
        RunJobs jobs = run.jobs()) {
      GloveTraining training = new GloveTraining(run, jobs, plan, cells, listener);
      training.saving.begin(
          folder -> TableCheckpoint.newest(folder, run.sc()),
          found -> {
            training.parameters = Parameters.of(found.checkpoint().blocks(), plan.blocks());
            training.done = found.checkpoint().round();
          });
      if (training.parameters == null) {
        training.parameters = initial(vocabulary, plan, start);
      }
      training.train();
      WordVectors vectors = vectors(vocabulary, plan, training.parameters);
      training.parameters.close();
      return AllButTheTop.remove(vectors, plan.removedDirections()).requireFinite();
    }
  }

  private void train() {
    while (done < plan.passes()) {
      GlovePass report;
      try {
        report = pass(done);
      } catch (CalledOff e) {
        throw saving.stopped(done, Optional.empty());
      }
      done++;
      listener.reported(report);
      saving.whenDue(done, this::write);
      if (run.stop().isRequested()) {
        throw saving.stopped(done, Optional.of(this::write));
      }
    }
  }

  /** Writes a checkpoint, from which the parameters are read from here on. */
  private String write(Checkpoints folder, Map<String, String> settings) throws IOException {
    JavaSparkContext sc = run.sc();
    int numBlocks = plan.blocks();
    String path =
        new TableCheckpoint(done, settings, parameters.all(numBlocks))
            .writeTo(folder, sc.hadoopConfiguration());
    parameters.close();
    parameters = Parameters.of(TableCheckpoint.blocks(path, 2 * numBlocks, sc), numBlocks);
    return path;
  }

  /**
   * Rows and columns between two sub-rounds.
   *
   * @param rows frames of {@link GloveRows}, partition i holds block i
   * @param columns the same, by their block, one partition each
   * @param cached what both are read from; null where that is not cached
   */
  private record Parameters(
      JavaRDD<byte[]> rows, JavaPairRDD<Integer, byte[]> columns, JavaRDD<byte[]> cached)
      implements AutoCloseable {
    /** From a table of rows under 0 .. P-1, columns under P .. 2P-1. */
    static Parameters of(JavaPairRDD<Integer, byte[]> table, int numBlocks) {
      JavaRDD<byte[]> rows =
          table
              .filter(block -> block._1 < numBlocks)
              .partitionBy(new DirectPartitioner(numBlocks))
              .values();
      return new Parameters(
          rows,
          table
              .filter(block -> block._1 >= numBlocks)
              .mapToPair(block -> new Tuple2<>(block._1 - numBlocks, block._2)),
          null);
    }

    JavaPairRDD<Integer, byte[]> all(int numBlocks) {
      return rows.mapPartitionsWithIndex(
              (block, one) -> Iterators.map(one, bytes -> new Tuple2<>(block, bytes)), true)
          .mapToPair(block -> block)
          .union(columns.mapToPair(c -> new Tuple2<>(c._1 + numBlocks, c._2)))
          .partitionBy(new DirectPartitioner(2 * numBlocks));
    }

    @Override
    public void close() {
      if (cached != null) {
        cached.unpersist();
      }
    }
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

  private static Parameters initial(
      Vocabulary vocabulary, GlovePlan plan, Optional<WordVectors> start) {
    int numBlocks = plan.blocks();
    JavaPairRDD<Integer, byte[]> biases = biases(vocabulary, plan);
    JavaPairRDD<Integer, Tuple2<byte[], byte[]>> known =
        start
            .map(
                vectors ->
                    biases
                        .leftOuterJoin(
                            StartVectors.byBlock(
                                vocabulary,
                                vectors,
                                numBlocks,
                                id -> id % numBlocks,
                                id -> id / numBlocks))
                        .mapValues(pair -> new Tuple2<>(pair._1, pair._2.orElse(new byte[0]))))
            .orElseGet(() -> biases.mapValues(bytes -> new Tuple2<>(bytes, new byte[0])));
    return new Parameters(
        known.map(block -> initial(block, plan, RandomStream.GLOVE_ROWS)),
        known.mapToPair(
            block -> new Tuple2<>(block._1, initial(block, plan, RandomStream.GLOVE_COLUMNS))),
        null);
  }

  /** The biases with which each block of words starts, one partition each. */
  private static JavaPairRDD<Integer, byte[]> biases(Vocabulary vocabulary, GlovePlan plan) {
    int numBlocks = plan.blocks();
    long numTokens = vocabulary.numTokens();
    double allKept =
        vocabulary
            .blocks()
            .mapValues(bytes -> keptTokens(VocabularyBlock.fromBytes(bytes), plan, numTokens))
            .collect()
            .stream()
            .sorted(Comparator.comparing(block -> block._1))
            .mapToDouble(block -> block._2)
            .sum();
    return vocabulary
        .blocks()
        .values()
        .flatMapToPair(bytes -> biases(VocabularyBlock.fromBytes(bytes), plan, numTokens, allKept))
        .groupByKey(new DirectPartitioner(numBlocks))
        .mapValues(GloveTraining::joined);
  }

  private static double keptTokens(VocabularyBlock words, GlovePlan plan, long numTokens) {
    double kept = 0;
    for (long count : words.counts()) {
      kept += plan.glove().keptTokens(count, numTokens);
    }
    return kept;
  }

  /** The biases of a block of the vocabulary, cut by the blocks of the matrix. */
  private static Iterator<Tuple2<Integer, byte[]>> biases(
      VocabularyBlock words, GlovePlan plan, long numTokens, double allKept) {
    int numBlocks = plan.blocks();
    List<Tuple2<Integer, byte[]>> pieces = new ArrayList<>();
    for (int from = 0; from < Math.min(numBlocks, words.counts().length); from++) {
      int size = (words.counts().length - from + numBlocks - 1) / numBlocks;
      float[] biases = new float[size];
      for (int i = 0; i < size; i++) {
        long count = words.counts()[from + i * numBlocks];
        biases[i] = plan.glove().bias(count, numTokens, allKept);
      }
      int id = words.first() + from;
      Frame.Writer piece = Frame.write(Frame.Kind.SLICE).put(id / numBlocks).put(biases);
      pieces.add(new Tuple2<>(id % numBlocks, piece.toBytes()));
    }
    return pieces.iterator();
  }

  private static byte[] joined(Iterable<byte[]> pieces) {
    TreeMap<Integer, float[]> inOrder = new TreeMap<>();
    for (byte[] piece : pieces) {
      Frame.Reader frame = Frame.read(piece, Frame.Kind.SLICE);
      inOrder.put(frame.nextInt(), frame.nextFloats());
    }
    float[] all = new float[inOrder.values().stream().mapToInt(part -> part.length).sum()];
    inOrder.forEach((place, part) -> System.arraycopy(part, 0, all, place, part.length));
    return Frame.write(Frame.Kind.SLICE).put(all).toBytes();
  }

  private static byte[] initial(
      Tuple2<Integer, Tuple2<byte[], byte[]>> block, GlovePlan plan, RandomStream stream) {
    float[] biases = Frame.read(block._2._1, Frame.Kind.SLICE).nextFloats();
    byte[] known = block._2._2;
    GloveRows rows =
        GloveRows.initial(
            biases, block._1, plan.blocks(), plan.glove().dimension(), plan.key(stream));
    if (known.length > 0) {
      StartVectors.setInPlace(known, rows.values(), rows.width(), 0.5f);
    }
    return rows.toBytes();
  }

  private GlovePass pass(int pass) {
    long begin = System.nanoTime();
    double loss = 0;
    double computeSeconds = 0;
    int[][] meetings = plan.meetings(pass);
    for (int subRound = 0; subRound < meetings.length; subRound++) {
      if (run.stop().isRequested()) {
        throw new CalledOff(null);
      }
      Parameters before = parameters;
      Parameters next = subRound(cells, plan, pass, subRound, meetings[subRound], before);
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
  private static Parameters subRound(
      CoOccurrences cells,
      GlovePlan plan,
      int pass,
      int subRound,
      int[] meeting,
      Parameters parameters) {
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
    return new Parameters(
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
    double sum = GloveKernels.create(plan.kernel()).train(rows, columns, cells, rate);
    double loss = rows.isFinite() && columns.isFinite() ? sum : Double.NaN;
    double seconds = (System.nanoTime() - begin) / 1e9;
    Frame.Writer trained = Frame.write(Frame.Kind.STATISTICS).put(loss).put(seconds);
    trained.put(column).put(rows.toBytes()).put(columns.toBytes());
    return List.of(trained.toBytes()).iterator();
  }

  /** Rows plus columns, back in the order of the vocabulary. */
  private static WordVectors vectors(Vocabulary vocabulary, GlovePlan plan, Parameters parameters) {
    int numBlocks = plan.blocks();
    int dimension = plan.glove().dimension();
    int wordsPerBlock = RowBlock.wordsPerBlock(dimension);
    JavaPairRDD<Integer, byte[]> pieces =
        parameters
            .all(numBlocks)
            .flatMapToPair(
                block -> pieces(block._1 % numBlocks, numBlocks, block._2, wordsPerBlock))
            .groupByKey(new DirectPartitioner(vocabulary.numBlocks()))
            .mapValues(
                parts -> {
                  List<byte[]> all = new ArrayList<>();
                  parts.forEach(all::add);
                  return sum(all, dimension);
                });
    return vocabulary.with(pieces, bytes -> Frame.read(bytes, Frame.Kind.SLICE).nextFloats());
  }

  /** The rows of one block, cut by the blocks of the vocabulary. */
  private static Iterator<Tuple2<Integer, byte[]>> pieces(
      int block, int numBlocks, byte[] bytes, int wordsPerBlock) {
    GloveRows rows = GloveRows.fromBytes(bytes);
    float[] vectors = rows.vectors();
    int dimension = rows.dimension();
    List<Tuple2<Integer, byte[]>> pieces = new ArrayList<>();
    for (int from = 0; from < rows.numRows(); ) {
      int target = (block + from * numBlocks) / wordsPerBlock;
      int to = from;
      while (to < rows.numRows() && (block + to * numBlocks) / wordsPerBlock == target) {
        to++;
      }
      int[] places =
          IntStream.range(from, to).map(row -> (block + row * numBlocks) % wordsPerBlock).toArray();
      float[] values = Arrays.copyOfRange(vectors, from * dimension, to * dimension);
      pieces.add(
          new Tuple2<>(target, Frame.write(Frame.Kind.SLICE).put(places).put(values).toBytes()));
      from = to;
    }
    return pieces.iterator();
  }

  /** Each word has two pieces, and a sum of two numbers is the same in either order. */
  private static byte[] sum(List<byte[]> pieces, int dimension) {
    int numWords = 0;
    List<Tuple2<int[], float[]>> read = new ArrayList<>();
    for (byte[] piece : pieces) {
      Frame.Reader frame = Frame.read(piece, Frame.Kind.SLICE);
      int[] places = frame.nextInts();
      read.add(new Tuple2<>(places, frame.nextFloats()));
      numWords = Math.max(numWords, places[places.length - 1] + 1);
    }
    float[] sums = new float[numWords * dimension];
    for (Tuple2<int[], float[]> piece : read) {
      for (int i = 0; i < piece._1.length; i++) {
        for (int d = 0; d < dimension; d++) {
          sums[piece._1[i] * dimension + d] += piece._2[i * dimension + d];
        }
      }
    }
    return Frame.write(Frame.Kind.SLICE).put(sums).toBytes();
  }
}
