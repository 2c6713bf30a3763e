package dev.braid.driver.embedding.skipgram;

import static dev.braid.worker.Check.require;

import dev.braid.driver.embedding.EmbeddingListener;
import dev.braid.driver.embedding.EmbeddingModel;
import dev.braid.driver.embedding.TableRounds;
import dev.braid.driver.embedding.corpus.CorpusVocabulary;
import dev.braid.driver.embedding.corpus.CountedCorpus;
import dev.braid.driver.embedding.corpus.StartVectors;
import dev.braid.driver.embedding.corpus.TokenBlocks;
import dev.braid.driver.embedding.corpus.VocabularyBlock;
import dev.braid.driver.embedding.vectors.WordVectors;
import dev.braid.driver.run.RunContext;
import dev.braid.driver.run.RunJobs;
import dev.braid.worker.embedding.RowBlock;
import dev.braid.worker.random.RandomStream;
import dev.braid.worker.random.SplitMix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Trains word vectors by rounds of local passes and row-wise merging.
 *
 * <pre>
 *   cut the corpus into blocks, one per worker and round           TokenBlocks
 *   for each epoch, in a new order of the blocks, for each round
 *     each worker asks for the rows of its words and negatives     RowSource
 *     each worker trains copies of them on its block               PassTask
 *     rows that several workers touched are merged                 RowBlock.merge
 *     report loss and speed, checkpoint when due                   TableRounds
 * </pre>
 */
public final class SkipGramTraining implements TableRounds.Table {
  private final JavaSparkContext sc;
  private final RunJobs jobs;
  private final CountedCorpus corpus;
  private final FittedSkipGram fitted;
  private final SkipGramPlan plan;
  private final TokenBlocks tokens;
  private final List<SkipGramRound> rounds;
  private RowSource rows;

  private SkipGramTraining(
      RunContext run,
      RunJobs jobs,
      CountedCorpus corpus,
      FittedSkipGram fitted,
      TokenBlocks tokens) {
    this.sc = run.sc();
    this.jobs = jobs;
    this.corpus = corpus;
    this.fitted = fitted;
    this.plan = fitted.plan();
    this.tokens = tokens;
    this.rounds = rounds(plan, fitted.rounds().workers(), tokens.numTokens());
  }

  /** Trains, see {@link EmbeddingModel.Fitted#train}; all rows of targets start afresh. */
  static WordVectors train(
      RunContext run, CountedCorpus corpus, FittedSkipGram fitted, EmbeddingListener listener) {
    CorpusVocabulary words = corpus.vocabulary();
    RoundPlan plan = fitted.rounds();
    require(
        plan.workers() <= words.numTokens(),
        "%d workers for %d tokens; set workers lower",
        plan.workers(),
        words.numTokens());
    try (TokenBlocks tokens = TokenBlocks.of(corpus.texts(), words, plan.numBlocks());
        RunJobs jobs = run.jobs()) {
      SkipGramTraining training = new SkipGramTraining(run, jobs, corpus, fitted, tokens);
      TableRounds.train(run, listener, training.rounds.size(), training);
      return words
          .with(training.blocks(), bytes -> RowBlock.fromBytes(bytes).inputs())
          .requireFinite();
    }
  }

  @Override
  public void begin(Optional<JavaPairRDD<Integer, byte[]>> saved) {
    rows = rows(saved.orElseGet(() -> initialRows(corpus.vocabulary(), plan, corpus.start())));
  }

  private RowSource rows(JavaPairRDD<Integer, byte[]> first) {
    if (!fitted.placement().broadcast()) {
      return new PartitionedRows(first);
    }
    return sc.isLocal() ? new SharedRows(sc, first) : new BroadcastRows(sc, first);
  }

  @Override
  public SkipGramReport train(int number) {
    SkipGramRound round = rounds.get(number);
    long begin = System.nanoTime();
    CorpusVocabulary words = corpus.vocabulary();
    PassTask task = new PassTask(plan, round, words.negativeWeights(), words.numTokens());
    List<PassStatistics> passes =
        jobs.call(round.description(), () -> "its workers", () -> rows.train(task, tokens));
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
    return new SkipGramReport(
        round.epoch() + 1,
        round.number() + 1,
        passes.stream().mapToDouble(PassStatistics::loss).sum() / Math.max(1, losses),
        rate,
        new SkipGramReport.Tokens(
            round.numTokens(), round.doneTokens() + round.numTokens(), round.totalTokens()),
        passes.stream().mapToDouble(PassStatistics::seconds).max().orElse(0),
        (System.nanoTime() - begin) / 1e9);
  }

  /** The rows of a round are merged when all its workers have ended. */
  @Override
  public boolean survivesCallOff() {
    return true;
  }

  @Override
  public JavaPairRDD<Integer, byte[]> blocks() {
    return rows.blocks();
  }

  @Override
  public void replace(JavaPairRDD<Integer, byte[]> blocks) {
    rows.replace(blocks);
  }

  private static JavaPairRDD<Integer, byte[]> initialRows(
      CorpusVocabulary vocabulary, SkipGramPlan plan, Optional<WordVectors> start) {
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
      CorpusVocabulary vocabulary, SkipGramPlan plan) {
    int dimension = plan.skipGram().dimension();
    int wordsPerBlock = RowBlock.wordsPerBlock(dimension);
    long key = plan.key(RandomStream.SKIP_GRAM_ROWS);
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
  static List<SkipGramRound> rounds(SkipGramPlan plan, int workers, long[] blockTokens) {
    long totalTokens = Arrays.stream(blockTokens).sum() * plan.epochs();
    List<SkipGramRound> all = new ArrayList<>();
    long done = 0;
    for (int epoch = 0; epoch < plan.epochs(); epoch++) {
      int[] order =
          SplitMix.permutation(blockTokens.length, plan.key(RandomStream.SKIP_GRAM_ORDER, epoch));
      int number = 0;
      for (int from = 0; from < order.length; number++) {
        int to = Math.min(order.length, from + RoundPlan.active(workers, done, totalTokens));
        List<Integer> blocks = Arrays.stream(order, from, to).sorted().boxed().toList();
        long size = blocks.stream().mapToLong(block -> blockTokens[block]).sum();
        all.add(new SkipGramRound(epoch, number, new ArrayList<>(blocks), done, size, totalTokens));
        done += size;
        from = to;
      }
    }
    return all;
  }
}
