package dev.braid.driver.embedding;

import static dev.braid.worker.Check.require;

import dev.braid.driver.embedding.SkipGramPlan.Purpose;
import dev.braid.worker.embedding.RowBlock;
import dev.braid.worker.random.Counter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Trains word vectors by rounds of local passes and row-wise merging.
 *
 * <pre>
 *   cut the corpus into blocks, one per worker and round           TokenBlocks
 *   for each epoch, in a new order of the blocks, for each round
 *     each worker asks for the rows of its words and negatives     RowSource
 *     each worker trains copies of them on its block               PassTask
 *     rows that several workers touched are merged                 RowBlock.merge
 *     report loss and speed, checkpoint when due                   RoundReport, RowCheckpoints
 * </pre>
 */
public final class SkipGramTraining {
  private SkipGramTraining() {}

  /**
   * Trains from the beginning, or from the newest checkpoint.
   *
   * @param placement where the rows are kept meanwhile
   * @param start vectors to go on from; words they lack, and all rows of targets, start afresh
   * @param checkpoints where to save and to resume from; empty for neither
   * @param resume whether to go on from the newest checkpoint if there is one
   * @return the vectors; the caller closes them
   * @throws IllegalStateException if the loss stops being a number
   */
  public static WordVectors train(
      SparkSession spark,
      Corpus corpus,
      Vocabulary vocabulary,
      SkipGramPlan plan,
      RoundPlan rounds,
      RowPlacement placement,
      Optional<WordVectors> start,
      Optional<RowCheckpoints> checkpoints,
      boolean resume,
      Consumer<RoundReport> listener) {
    require(
        rounds.workers() <= vocabulary.numTokens(),
        "%d workers for %d tokens; set workers lower",
        rounds.workers(),
        vocabulary.numTokens());
    JavaSparkContext sc = new JavaSparkContext(spark.sparkContext());
    try (TokenBlocks tokens = TokenBlocks.of(corpus, vocabulary, rounds.numBlocks())) {
      Optional<RowCheckpoints.Saved> saved =
          resume
              ? checkpoints.flatMap(all -> all.newest(sc, vocabulary.numBlocks()))
              : Optional.empty();
      int done = saved.map(RowCheckpoints.Saved::rounds).orElse(0);
      JavaPairRDD<Integer, byte[]> first =
          saved
              .map(RowCheckpoints.Saved::blocks)
              .orElseGet(() -> initialRows(vocabulary, plan, start));
      RowSource rows = rows(sc, placement, first);
      List<Round> all = rounds(plan, rounds.workers(), tokens.numTokens());
      for (int number = done + 1; number <= all.size(); number++) {
        Round round = all.get(number - 1);
        listener.accept(train(sc, vocabulary, plan, round, rows, tokens));
        if (checkpoints.isPresent() && checkpoints.get().isDue(number)) {
          rows.replace(checkpoints.get().save(sc, number, rows.blocks()));
        }
      }
      return WordVectors.of(vocabulary, rows.blocks()).requireFinite();
    }
  }

  private static RowSource rows(
      JavaSparkContext sc, RowPlacement placement, JavaPairRDD<Integer, byte[]> first) {
    if (!placement.broadcast()) {
      return new PartitionedRows(first);
    }
    return sc.isLocal() ? new SharedRows(sc, first) : new BroadcastRows(sc, first);
  }

  private static RoundReport train(
      JavaSparkContext sc,
      Vocabulary vocabulary,
      SkipGramPlan plan,
      Round round,
      RowSource rows,
      TokenBlocks tokens) {
    long begin = System.nanoTime();
    sc.setJobDescription(round.description());
    PassTask task = new PassTask(plan, round, vocabulary.negativeWeights(), vocabulary.numTokens());
    List<PassStatistics> passes = rows.train(task, tokens);
    sc.setJobDescription(null);
    double rate = plan.skipGram().learningRateAt((double) round.doneTokens() / round.totalTokens());
    for (PassStatistics pass : passes) {
      if (!Double.isFinite(pass.loss())) {
        throw new IllegalStateException(
            "loss became %s in epoch %d round %d, worker %d (learningRate %.4g); set learningRate lower"
                .formatted(
                    pass.loss(), round.epoch() + 1, round.number() + 1, pass.worker(), rate));
      }
    }
    long losses = passes.stream().mapToLong(PassStatistics::numLosses).sum();
    return new RoundReport(
        round.epoch() + 1,
        round.number() + 1,
        passes.stream().mapToDouble(PassStatistics::loss).sum() / Math.max(1, losses),
        rate,
        round.numTokens(),
        round.doneTokens() + round.numTokens(),
        round.totalTokens(),
        passes.stream().mapToDouble(PassStatistics::seconds).max().orElse(0),
        (System.nanoTime() - begin) / 1e9);
  }

  private static JavaPairRDD<Integer, byte[]> initialRows(
      Vocabulary vocabulary, SkipGramPlan plan, Optional<WordVectors> start) {
    JavaPairRDD<Integer, byte[]> fresh = initialRows(vocabulary, plan);
    if (start.isEmpty()) {
      return fresh;
    }
    int wordsPerBlock = RowBlock.wordsPerBlock(plan.skipGram().dimension());
    JavaPairRDD<Integer, byte[]> known =
        StartVectors.byBlock(
            vocabulary,
            start.get(),
            vocabulary.numBlocks(),
            id -> id / wordsPerBlock,
            id -> id % wordsPerBlock);
    return fresh
        .leftOuterJoin(known)
        .mapValues(
            pair -> {
              if (!pair._2.isPresent()) {
                return pair._1;
              }
              RowBlock rows = RowBlock.fromBytes(pair._1);
              StartVectors.setInPlace(pair._2.get(), rows.inputs(), rows.dimension(), 1);
              return rows.toBytes();
            });
  }

  private static JavaPairRDD<Integer, byte[]> initialRows(
      Vocabulary vocabulary, SkipGramPlan plan) {
    int dimension = plan.skipGram().dimension();
    int wordsPerBlock = RowBlock.wordsPerBlock(dimension);
    long key = plan.key(Purpose.INITIAL_ROWS);
    return vocabulary
        .blocks()
        .mapValues(
            bytes -> {
              VocabularyBlock words = VocabularyBlock.fromBytes(bytes);
              int block = words.first() / wordsPerBlock;
              return RowBlock.initial(block, words.first(), words.counts(), dimension, key)
                  .toBytes();
            });
  }

  /** All rounds, in order: every epoch trains all blocks in an order of its own. */
  static List<Round> rounds(SkipGramPlan plan, int workers, long[] blockTokens) {
    long totalTokens = Arrays.stream(blockTokens).sum() * plan.epochs();
    List<Round> all = new ArrayList<>();
    long done = 0;
    for (int epoch = 0; epoch < plan.epochs(); epoch++) {
      int[] order = Counter.permutation(blockTokens.length, plan.key(Purpose.ORDER, epoch));
      int number = 0;
      for (int from = 0; from < order.length; number++) {
        int to = Math.min(order.length, from + RoundPlan.active(workers, done, totalTokens));
        List<Integer> blocks = Arrays.stream(order, from, to).sorted().boxed().toList();
        long size = blocks.stream().mapToLong(block -> blockTokens[block]).sum();
        all.add(new Round(epoch, number, new ArrayList<>(blocks), done, size, totalTokens));
        done += size;
        from = to;
      }
    }
    return all;
  }
}
