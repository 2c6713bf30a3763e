package dev.braid.jobs.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code ./braid embed} against gensim, one after the other, one epoch of skip-gram on the same
 * text with the same settings and two workers each: words per second of training and the time of
 * the whole job, start to end of the process. Prints each run and the medians of the ratios.
 *
 * <pre>
 * apt-get install python3-gensim
 * ../shared/bench/make_corpus.py corpus.txt
 * mvn -q -pl jobs -am test-compile dependency:build-classpath -Dmdep.outputFile=target/bench.classpath
 * java -cp jobs/target/test-classes:$(cat jobs/target/bench.classpath)
 *     dev.braid.jobs.bench.EmbedBenchmark corpus.txt 100 3
 * </pre>
 *
 * Arguments: the text, dimension, repetitions; what follows goes to {@code ./braid embed}. Runs in
 * the repository's root, on an otherwise idle machine.
 */
public final class EmbedBenchmark {
  private static final Pattern GENSIM = Pattern.compile("([0-9.]+) k words/s");

  private EmbedBenchmark() {}

  /**
   * One job.
   *
   * @param wordsPerSecond of training
   * @param seconds of the process
   */
  private record Speed(double wordsPerSecond, double seconds) {
    @Override
    public String toString() {
      return "%,9.0f words/s in training, %5.1f s in all".formatted(wordsPerSecond, seconds);
    }
  }

  /** See the class. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("embed-benchmark");
    String dimension = arguments[1];
    List<Double> training = new ArrayList<>();
    List<Double> whole = new ArrayList<>();
    for (int run = 0; run < Integer.parseInt(arguments[2]); run++) {
      Speed braid = braid(arguments, folder.resolve("braid" + run));
      System.out.println("braid  " + braid);
      Speed gensim = gensim(arguments[0], dimension, folder.resolve("gensim.bin"));
      System.out.println("gensim " + gensim);
      training.add(braid.wordsPerSecond / gensim.wordsPerSecond);
      whole.add(gensim.seconds / braid.seconds);
    }
    System.out.printf(
        "%s dimensions, medians: training %.2f x gensim, whole job %.2f x gensim%n",
        dimension, median(training), median(whole));
  }

  private static Speed braid(String[] arguments, Path output) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "./braid",
                "embed",
                "conf/skipgram.yaml",
                "--master",
                "local[2]",
                "--set",
                "corpus.path=" + arguments[0],
                "--set",
                "skipGram.dimension=" + arguments[1],
                "--output",
                output.toString()));
    command.addAll(List.of(arguments).subList(3, arguments.length));
    long begin = System.nanoTime();
    run(command);
    double seconds = (System.nanoTime() - begin) / 1e9;
    JsonNode summary = new JsonMapper().readTree(output.resolve("summary.json").toFile());
    return new Speed(summary.get("wordsPerSecond").asDouble(), seconds);
  }

  private static Speed gensim(String corpus, String dimension, Path output) throws Exception {
    long begin = System.nanoTime();
    String said =
        run(
            List.of(
                "/usr/bin/python3",
                "../shared/bench/gensim_sgns.py",
                corpus,
                output.toString(),
                dimension,
                "1",
                "2"));
    double seconds = (System.nanoTime() - begin) / 1e9;
    Matcher words = GENSIM.matcher(said);
    if (!words.find()) {
      throw new IllegalStateException("no words/s in: " + said);
    }
    return new Speed(1000 * Double.parseDouble(words.group(1)), seconds);
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(command + " ended with an error: " + said);
    }
    return said;
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
