package dev.braid.driver.embedding.skipgram;

import dev.braid.worker.embedding.RowBlock;
import dev.braid.worker.embedding.RowSlice;
import dev.braid.worker.embedding.skipgram.NegativeShares;
import dev.braid.worker.embedding.skipgram.SkipGramPass;
import dev.braid.worker.embedding.token.TokenBlock;
import dev.braid.worker.random.RandomStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import scala.Tuple2;

/**
 * A worker's part of a round, the same whether rows come by broadcast or from a partitioned table.
 *
 * <pre>
 *   requests: which words of each block of rows, how many negatives
 *   select:   the rows of one request                        where the block of rows is
 *   train:    the pass; its rows go back to their blocks
 *   merge:    the rows of all workers                        where the block of rows is
 * </pre>
 *
 * @param plan of the training
 * @param round what is trained
 * @param negativeWeights of the blocks of rows
 * @param vocabularyTokens tokens of the corpus
 */
@SuppressWarnings("ArrayRecordComponent") // read only
public record PassTask(
    SkipGramPlan plan, SkipGramRound round, double[] negativeWeights, long vocabularyTokens)
    implements Serializable {
  /** A pool of so many tokens' share of negatives serves a pass: each is used about nine times. */
  private static final int TOKENS_PER_NEGATIVE = 4;

  private static final int MIN_NEGATIVES = 1024;

  /**
   * What a worker needs of one block of rows.
   *
   * @param worker who asks
   * @param block of rows
   * @param ids words, ascending
   * @param numNegatives to draw
   */
  @SuppressWarnings("ArrayRecordComponent") // moved, never compared
  record Request(int worker, int block, int[] ids, int numNegatives) {}

  int numBlocks() {
    return negativeWeights.length;
  }

  /** Negatives drawn for a pass over so many tokens. */
  static long numNegatives(long tokens) {
    return Math.max(MIN_NEGATIVES, tokens / TOKENS_PER_NEGATIVE);
  }

  /** The requests of a worker, one for every block of rows, in their order. */
  List<Request> requests(int worker, TokenBlock tokens) {
    int[] shares =
        new NegativeShares(negativeWeights)
            .draw(
                (int) numNegatives(tokens.tokens().length),
                key(RandomStream.NEGATIVE_SHARES, worker));
    int wordsPerBlock = RowBlock.wordsPerBlock(plan.skipGram().dimension());
    List<Request> requests = new ArrayList<>();
    int from = 0;
    for (int block = 0; block < numBlocks(); block++) {
      long end = (block + 1L) * wordsPerBlock;
      int to = from;
      while (to < tokens.ids().length && tokens.ids()[to] < end) {
        to++;
      }
      requests.add(
          new Request(worker, block, Arrays.copyOfRange(tokens.ids(), from, to), shares[block]));
      from = to;
    }
    return requests;
  }

  /** The rows a request asks for. */
  RowSlice select(RowBlock rows, Request request) {
    return rows.select(
        request.worker(),
        request.ids(),
        request.numNegatives(),
        key(RandomStream.SKIP_GRAM_NEGATIVES, request.worker(), request.block()));
  }

  /**
   * What a worker gives back.
   *
   * @param slices touched rows, one for every block of rows, in their order
   * @param statistics the rest
   */
  record PassResult(List<RowSlice> slices, PassStatistics statistics) {
    /** As bytes by their block of rows, one after the other; at last the statistics. */
    Iterator<Tuple2<Integer, byte[]>> toParts() {
      Stream<Tuple2<Integer, byte[]>> rows =
          slices.stream().map(slice -> new Tuple2<>(slice.block(), slice.toBytes()));
      return Stream.concat(rows, Stream.of(new Tuple2<>(slices.size(), statistics.toBytes())))
          .iterator();
    }
  }

  /** Trains a block of texts on rows of blocks that are at hand. */
  PassResult train(int worker, TokenBlock tokens, IntFunction<RowBlock> blocks) {
    List<RowSlice> slices = new ArrayList<>();
    for (Request asked : requests(worker, tokens)) {
      slices.add(select(blocks.apply(asked.block()), asked));
    }
    return train(worker, tokens, slices);
  }

  /** Trains a block of texts; empties the list of slices. */
  PassResult train(int worker, TokenBlock tokens, List<RowSlice> slices) {
    long begin = System.nanoTime();
    int numTokens = tokens.tokens().length;
    SkipGramPass.Progress progress =
        new SkipGramPass.Progress(
            round.doneTokens(),
            (double) round.numTokens() / Math.max(1, numTokens),
            round.totalTokens());
    SkipGramPass.Result result =
        SkipGramPass.train(
            plan.skipGram(),
            plan.kernel(),
            tokens,
            slices,
            vocabularyTokens,
            progress,
            key(RandomStream.SKIP_GRAM_PASS, worker));
    return new PassResult(
        result.slices(),
        new PassStatistics(
            worker,
            result.loss(),
            result.numLosses(),
            result.numPositions(),
            (System.nanoTime() - begin) / 1e9));
  }

  /** A block of rows after the round. */
  byte[] merge(RowBlock rows, Iterable<byte[]> touched) {
    List<RowSlice> slices = new ArrayList<>();
    touched.forEach(bytes -> slices.add(RowSlice.fromBytes(bytes)));
    slices.sort(Comparator.comparingInt(RowSlice::shard));
    return merge(rows, slices).toBytes();
  }

  /**
   * A block of rows after the round.
   *
   * @param slices what was touched of it, in the workers' order
   */
  RowBlock merge(RowBlock rows, List<RowSlice> slices) {
    double progress = (double) round.doneTokens() / round.totalTokens();
    return rows.merge(slices, plan.skipGram().touchRateAt(progress));
  }

  private long key(RandomStream stream, long... counters) {
    long place = plan.key(stream, round.epoch(), round.number());
    return dev.braid.worker.random.SplitMix.key(place, counters);
  }
}
