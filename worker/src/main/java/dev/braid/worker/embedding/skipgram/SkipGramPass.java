package dev.braid.worker.embedding.skipgram;

import dev.braid.worker.embedding.Logistic;
import dev.braid.worker.embedding.RowBlock;
import dev.braid.worker.embedding.RowSet;
import dev.braid.worker.embedding.RowSlice;
import dev.braid.worker.embedding.token.TokenBlock;
import dev.braid.worker.kernel.Kernels;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.state.Blocks;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One logical worker's share of one round: trains copies of rows on a block of texts.
 *
 * <pre>
 *   pack the rows of the block's words and of its negatives      CompactRows
 *   for each text: leave out frequent words by chance
 *     for each position: draw window and negatives               Position
 *       for CBOW, take the mean of the contexts                  Bag
 *       score, coefficients, update                              SkipGramKernel
 *   give back the rows that were touched
 * </pre>
 */
public final class SkipGramPass {
  /** The loss is taken at one position of so many: a table look-up less per pair. */
  private static final int LOSS_EVERY = 16;

  private final SkipGram settings;
  private final SkipGramKernel kernel;
  private final TokenBlock tokens;
  private final List<Extent> extents;
  private final CompactRows rows;
  private final int[] outputIds;
  private final int[] outputOfWord;
  private final int[] inputTouches;
  private final int[] outputTouches;
  private final int[] pool;

  /** Of the continuous bag of words; null where context words are trained one by one. */
  private final Bag bag;

  private double loss;
  private long numLosses;
  private long numPositions;

  /**
   * Where in the whole training a pass lies.
   *
   * @param doneTokens tokens trained before this round by all workers
   * @param tokensPerToken how many tokens all workers train while this one trains one
   * @param totalTokens of all epochs
   */
  public record Progress(long doneTokens, double tokensPerToken, long totalTokens) {
    double after(int tokens) {
      return (doneTokens + tokens * tokensPerToken) / totalTokens;
    }
  }

  /** Which of the packed rows belong to a block of words. */
  private record Extent(int shard, int block, int input, int inputEnd, int output, int outputEnd) {}

  /**
   * What a pass did.
   *
   * @param slices rows that were touched, with their touches, by block of words; each is copied
   *     from the packed rows when it is asked for, so that a task never holds all of them twice
   * @param loss sum of the negative log likelihood over the pairs it was taken of; NaN where a row
   *     is not finite, which a loss that is taken now and then does not show
   * @param numLosses how many positions that were
   * @param numPositions positions trained
   */
  public record Result(List<RowSlice> slices, double loss, long numLosses, long numPositions) {}

  private SkipGramPass(
      SkipGram settings, SkipGramKernel kernel, TokenBlock tokens, List<RowSlice> slices) {
    this.settings = settings;
    this.kernel = kernel;
    this.tokens = tokens;
    extents = extents(slices);
    int numOutputs = slices.stream().mapToInt(slice -> slice.outputs().ids().length).sum();
    rows = new CompactRows(settings.dimension(), tokens.ids().length, numOutputs);
    outputIds = new int[numOutputs];
    int numNegatives =
        slices.stream().flatMapToInt(s -> Arrays.stream(s.outputs().touches())).sum();
    pool = new int[numNegatives];
    outputOfWord = new int[tokens.ids().length];
    inputTouches = new int[tokens.ids().length];
    outputTouches = new int[numOutputs];
    bag = settings.contexts() == SkipGram.Contexts.MEAN ? new Bag(rows, settings.window()) : null;
  }

  private static List<Extent> extents(List<RowSlice> slices) {
    List<Extent> extents = new ArrayList<>();
    int input = 0;
    int output = 0;
    for (RowSlice slice : slices) {
      int inputEnd = input + slice.inputs().ids().length;
      int outputEnd = output + slice.outputs().ids().length;
      extents.add(new Extent(slice.shard(), slice.block(), input, inputEnd, output, outputEnd));
      input = inputEnd;
      output = outputEnd;
    }
    return extents;
  }

  /** The fastest kernel that this JVM can run. */
  public static Kernels.Choice kernel() {
    return Kernels.choose(SkipGramKernel.class);
  }

  /**
   * Trains on {@code tokens}.
   *
   * @param kernel name of a kernel of {@link Kernels}
   * @param slices for every block of words, in ascending order, the rows of the words in {@code
   *     tokens} and of the negatives, as {@link RowBlock#select} gives them; the list is emptied,
   *     as its rows are packed anew
   * @param totalCount tokens of the corpus, which the counts in {@code tokens} are part of
   * @param key of this pass's random numbers
   */
  public static Result train(
      SkipGram settings,
      String kernel,
      TokenBlock tokens,
      List<RowSlice> slices,
      long totalCount,
      Progress progress,
      long key) {
    SkipGramPass pass = new SkipGramPass(settings, SkipGramKernel.create(kernel), tokens, slices);
    pass.pack(slices);
    slices.clear();
    pass.trainTexts(totalCount, progress, key);
    boolean finite = Blocks.isFinite(pass.rows.inputs) && Blocks.isFinite(pass.rows.outputs);
    double loss = finite ? pass.loss : Double.NaN;
    return new Result(pass.touchedRows(), loss, pass.numLosses, pass.numPositions);
  }

  private void pack(List<RowSlice> slices) {
    int input = 0;
    int output = 0;
    int drawn = 0;
    int dimension = rows.dimension;
    for (RowSlice slice : slices) {
      for (int i = 0; i < slice.inputs().ids().length; i++) {
        System.arraycopy(
            slice.inputs().values(), i * dimension, rows.inputs, input++ * rows.width, dimension);
      }
      RowSet outputs = slice.outputs();
      for (int i = 0; i < outputs.ids().length; i++) {
        System.arraycopy(
            outputs.values(), i * dimension, rows.outputs, output * rows.width, dimension);
        Arrays.fill(pool, drawn, drawn + outputs.touches()[i], output * rows.width);
        drawn += outputs.touches()[i];
        outputIds[output++] = outputs.ids()[i];
      }
    }
    for (int word = 0; word < outputOfWord.length; word++) {
      outputOfWord[word] = Arrays.binarySearch(outputIds, tokens.ids()[word]);
    }
  }

  private void trainTexts(long totalCount, Progress progress, long key) {
    float[] keep = keepProbabilities(totalCount);
    SplitMix random = SplitMix.stream(key);
    Position position = new Position(settings.window(), settings.negatives());
    int[] words = new int[0];
    int from = 0;
    for (int end : tokens.textEnds()) {
      words = words.length < end - from ? new int[end - from] : words;
      int numWords = 0;
      for (int t = from; t < end; t++) {
        int word = tokens.tokens()[t];
        if (keep[word] >= 1 || random.nextDouble() < keep[word]) {
          words[numWords++] = word;
        }
      }
      float rate = (float) settings.learningRateAt(progress.after(from));
      trainText(words, numWords, rate, position, random);
      from = end;
    }
  }

  private void trainText(
      int[] words, int numWords, float rate, Position position, SplitMix random) {
    for (int centre = 0; centre < numWords; centre++) {
      int reach = 1 + random.nextInt(settings.window());
      int first = Math.max(0, centre - reach);
      int last = Math.min(numWords - 1, centre + reach);
      if (first == last) {
        continue;
      }
      int target = outputOfWord[words[centre]];
      position.start(target * rows.width);
      for (int i = first; i <= last; i++) {
        if (i != centre) {
          position.addContext(words[i] * rows.width);
          inputTouches[words[i]]++;
        }
      }
      if (bag != null) {
        bag.gather(rows, position);
      }
      for (int n = 0; n < settings.negatives(); n++) {
        position.addNegative(pool[random.nextInt(pool.length)]);
      }
      position.pad(rows.zeroInput(), rows.zeroOutput());
      kernel.score(rows, position);
      if (numPositions % LOSS_EVERY == 0) {
        addLoss(position);
      }
      toCoefficients(position, rate);
      kernel.update(rows, position);
      if (bag != null) {
        bag.scatter(rows);
      }
      for (int k = 0; k < position.numTargets; k++) {
        outputTouches[position.targets[k] / rows.width]++;
      }
      numPositions++;
    }
  }

  /** Turns scores into what multiplies the rows: rate x counts x (label - logistic(score)). */
  static void toCoefficients(Position p, float rate) {
    Arrays.fill(p.contextCounts, p.numContexts, p.paddedContexts, 0);
    Arrays.fill(p.targetCounts, p.numTargets, p.paddedTargets, 0);
    for (int i = 0; i < p.paddedContexts; i++) {
      for (int k = 0; k < p.paddedTargets; k++) {
        int at = i * p.paddedTargets + k;
        float error = (k == 0 ? 1 : 0) - Logistic.value(p.coefficients[at]);
        p.coefficients[at] = rate * p.contextCounts[i] * p.targetCounts[k] * error;
      }
    }
  }

  private void addLoss(Position p) {
    int numContexts = 0;
    double sum = 0;
    for (int i = 0; i < p.numContexts; i++) {
      numContexts += p.contextCounts[i];
      for (int k = 0; k < p.numTargets; k++) {
        float score = p.coefficients[i * p.paddedTargets + k];
        sum +=
            (double) p.contextCounts[i]
                * p.targetCounts[k]
                * Logistic.loss(k == 0 ? score : -score);
      }
    }
    loss += sum / numContexts;
    numLosses++;
  }

  private float[] keepProbabilities(long totalCount) {
    float[] keep = new float[tokens.counts().length];
    for (int i = 0; i < keep.length; i++) {
      double ratio = settings.sample() * totalCount / tokens.counts()[i];
      keep[i] = settings.sample() == 0 ? 1 : (float) (Math.sqrt(ratio) + ratio);
    }
    return keep;
  }

  private List<RowSlice> touchedRows() {
    return new AbstractList<>() {
      @Override
      public RowSlice get(int index) {
        Extent extent = extents.get(index);
        return new RowSlice(
            extent.shard,
            extent.block,
            touched(tokens.ids(), inputTouches, rows.inputs, extent.input, extent.inputEnd),
            touched(outputIds, outputTouches, rows.outputs, extent.output, extent.outputEnd));
      }

      @Override
      public int size() {
        return extents.size();
      }
    };
  }

  private RowSet touched(int[] ids, int[] touches, float[] matrix, int from, int end) {
    int count = 0;
    for (int i = from; i < end; i++) {
      count += touches[i] > 0 ? 1 : 0;
    }
    int[] touchedIds = new int[count];
    int[] touchedCounts = new int[count];
    float[] values = new float[count * rows.dimension];
    int at = 0;
    for (int i = from; i < end; i++) {
      if (touches[i] > 0) {
        touchedIds[at] = ids[i];
        touchedCounts[at] = touches[i];
        System.arraycopy(matrix, i * rows.width, values, at++ * rows.dimension, rows.dimension);
      }
    }
    return new RowSet(touchedIds, touchedCounts, values);
  }
}
