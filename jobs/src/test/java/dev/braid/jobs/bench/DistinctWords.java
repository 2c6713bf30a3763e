package dev.braid.jobs.bench;

import dev.braid.worker.random.SplitMix;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a text with any number of distinct words, to train on a vocabulary that fits no machine.
 * Every word occurs twice at least, {@code --set corpus.minCount=2} keeps them all; between them
 * stand words drawn by 1/rank, so that frequencies fall as in a language.
 *
 * <pre>
 * java -cp jobs/target/test-classes:worker/target/classes dev.braid.jobs.bench.DistinctWords
 *     6000000 words.txt
 * BRAID_JVM=-Xmx1g ./braid embed conf/skipgram.yaml --master "local-cluster[2,1,3072]"
 *     --conf spark.executor.memory=3g --set corpus.path=words.txt --set corpus.minCount=2
 *     --set skipGram.dimension=128 --set "output.formats=[parquet]" --output runs/words
 * </pre>
 *
 * Arguments: distinct words, the file.
 */
public final class DistinctWords {
  private static final int WORDS_PER_LINE = 30;

  private DistinctWords() {}

  /** Writes the text: two passes over all words in orders of their own, every third word drawn. */
  public static void main(String[] arguments) throws IOException {
    int distinct = Integer.parseInt(arguments[0]);
    SplitMix random = SplitMix.stream(1);
    try (BufferedWriter text = Files.newBufferedWriter(Path.of(arguments[1]))) {
      long written = 0;
      for (int pass = 0; pass < 2; pass++) {
        int[] order = SplitMix.permutation(distinct, pass);
        for (int i = 0; i < distinct; written++) {
          int word =
              written % 3 == 0 ? (int) Math.pow(distinct, random.nextDouble()) - 1 : order[i++];
          text.write(Integer.toString(word, Character.MAX_RADIX));
          text.write((written + 1) % WORDS_PER_LINE == 0 ? '\n' : ' ');
        }
      }
      text.write('\n');
      System.out.printf("%,d words, %,d of them distinct%n", written, distinct);
    }
  }
}
