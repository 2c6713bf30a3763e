package dev.braid.worker.bench;

import dev.braid.worker.embedding.LearningRates;
import dev.braid.worker.embedding.RowBlock;
import dev.braid.worker.embedding.RowSlice;
import dev.braid.worker.embedding.skipgram.SkipGram;
import dev.braid.worker.embedding.skipgram.SkipGram.Contexts;
import dev.braid.worker.embedding.skipgram.SkipGramPass;
import dev.braid.worker.embedding.token.TokenBlock;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Words of a text per second in the local passes of skip-gram alone: packing, draws, kernel; no
 * Spark, no merging. Window 5, 5 negatives, sample 1e-4, minimum count 5, blocks of 500,000 words.
 *
 * <pre>
 * mvn -q -pl worker test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * java --add-modules=jdk.incubator.vector -Xmx3g -cp worker/target/test-classes:
 *     worker/target/classes:$(cat worker/target/classpath)
 *     dev.braid.worker.bench.SkipGramBenchmark corpus.txt 100 2
 * </pre>
 *
 * Arguments: the text (one text per line, words between blanks), dimension, threads, and the
 * kernel's name if it is not to be the fastest.
 */
public final class SkipGramBenchmark {
  private static final int WORDS_PER_BLOCK = 500_000;
  private static final int MIN_COUNT = 5;

  private SkipGramBenchmark() {}

  /** Prints words per second of the whole text, three times. */
  public static void main(String[] arguments) throws Exception {
    int dimension = Integer.parseInt(arguments[1]);
    int threads = Integer.parseInt(arguments[2]);
    String kernel = arguments.length > 3 ? arguments[3] : SkipGramPass.kernel().name();
    Map<String, long[]> words = count(Path.of(arguments[0]));
    List<Map.Entry<String, long[]>> kept =
        words.entrySet().stream()
            .filter(word -> word.getValue()[0] >= MIN_COUNT)
            .sorted(Comparator.comparingLong(word -> -word.getValue()[0]))
            .toList();
    long[] counts = kept.stream().mapToLong(word -> word.getValue()[0]).toArray();
    Map<String, Integer> ids = new HashMap<>();
    kept.forEach(word -> ids.put(word.getKey(), ids.size()));
    List<TokenBlock> blocks = blocks(Path.of(arguments[0]), ids, counts);
    RowBlock rows = RowBlock.initial(0, 0, counts, dimension, 1);
    long numWords = words.values().stream().mapToLong(count -> count[0]).sum();
    System.out.printf("%,d words, %,d of them distinct and kept%n", numWords, counts.length);
    SkipGram settings =
        new SkipGram(Contexts.EACH, dimension, 5, 5, 1e-4, new LearningRates(0.05, 1e-4), 1);
    for (int run = 0; run < 3; run++) {
      double seconds = seconds(settings, kernel, rows, blocks, threads);
      System.out.printf(
          "kernel %s, %d dimensions, %d threads: %.0f words/s%n",
          kernel, dimension, threads, numWords / seconds);
    }
  }

  private static double seconds(
      SkipGram settings, String kernel, RowBlock rows, List<TokenBlock> blocks, int threads)
      throws Exception {
    long total = Arrays.stream(rows.counts()).sum();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    long begin = System.nanoTime();
    List<Future<?>> passes = new ArrayList<>();
    for (int b = 0; b < blocks.size(); b++) {
      TokenBlock block = blocks.get(b);
      int number = b;
      passes.add(
          pool.submit(
              () -> {
                RowSlice slice =
                    rows.select(number, block.ids(), block.tokens().length / 4, number);
                SkipGramPass.Progress progress = new SkipGramPass.Progress(0, 1, total);
                SkipGramPass.train(
                    settings,
                    kernel,
                    block,
                    new ArrayList<>(List.of(slice)),
                    total,
                    progress,
                    number);
              }));
    }
    for (Future<?> pass : passes) {
      pass.get();
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    pool.shutdown();
    return seconds;
  }

  private static Map<String, long[]> count(Path text) throws IOException {
    Map<String, long[]> counts = new HashMap<>();
    try (BufferedReader lines = Files.newBufferedReader(text)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        for (String word : line.split(" ", -1)) {
          counts.computeIfAbsent(word, w -> new long[1])[0]++;
        }
      }
    }
    return counts;
  }

  private static List<TokenBlock> blocks(Path text, Map<String, Integer> ids, long[] counts)
      throws IOException {
    List<TokenBlock> blocks = new ArrayList<>();
    int[] tokens = new int[2 * WORDS_PER_BLOCK];
    List<Integer> ends = new ArrayList<>();
    int size = 0;
    try (BufferedReader lines = Files.newBufferedReader(text)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        for (String word : line.split(" ", -1)) {
          int id = ids.getOrDefault(word, -1);
          if (id >= 0) {
            tokens[size++] = id;
          }
        }
        ends.add(size);
        if (size >= WORDS_PER_BLOCK) {
          blocks.add(block(tokens, size, ends, counts));
          size = 0;
        }
      }
    }
    if (size > 0) {
      blocks.add(block(tokens, size, ends, counts));
    }
    return blocks;
  }

  private static TokenBlock block(int[] tokens, int size, List<Integer> ends, long[] counts) {
    int[] textEnds = ends.stream().mapToInt(end -> end).toArray();
    ends.clear();
    return TokenBlock.of(Arrays.copyOf(tokens, size), textEnds, id -> counts[id]);
  }
}
