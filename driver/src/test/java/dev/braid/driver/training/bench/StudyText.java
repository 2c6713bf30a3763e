package dev.braid.driver.training.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;

/**
 * IMDB's reviews as tables of numbers: the label (0 for bad), then the last words of a review as
 * ids, filled up with 0 in front. Ids count from 2 in order of frequency in the training reviews; 1
 * stands for all rarer words.
 */
final class StudyText {
  private static final Pattern NO_WORD = Pattern.compile("(<br />|[^a-z'])+");
  private static final int RARE = 1;

  private StudyText() {}

  /**
   * Writes {@code train.csv} and {@code test.csv} into a folder for temporary files.
   *
   * @param imdb folder with {@code train.tsv.bz2} and {@code test.tsv.bz2}: label, stars, id, text
   * @param numWords different ids
   * @param length ids a review
   */
  static Path tables(Path imdb, int numWords, int length) throws IOException {
    Path folder = Files.createTempDirectory("braid-imdb");
    Map<String, Integer> ids = ids(imdb.resolve("train.tsv.bz2"), numWords);
    for (String part : List.of("train", "test")) {
      try (BufferedReader in = open(imdb.resolve(part + ".tsv.bz2"));
          BufferedWriter out = Files.newBufferedWriter(folder.resolve(part + ".csv"))) {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          out.write(row(line, ids, length));
          out.newLine();
        }
      }
    }
    return folder;
  }

  private static Map<String, Integer> ids(Path train, int numWords) throws IOException {
    Map<String, Integer> counts = new HashMap<>();
    try (BufferedReader in = open(train)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        words(line).forEach(word -> counts.merge(word, 1, Integer::sum));
      }
    }
    List<String> frequent =
        counts.entrySet().stream()
            .sorted(
                Comparator.comparing((Map.Entry<String, Integer> e) -> -e.getValue())
                    .thenComparing(Map.Entry::getKey))
            .limit(numWords - 2L)
            .map(Map.Entry::getKey)
            .toList();
    Map<String, Integer> ids = new HashMap<>();
    frequent.forEach(word -> ids.put(word, ids.size() + 2));
    return ids;
  }

  private static String row(String line, Map<String, Integer> ids, int length) {
    List<String> words = words(line);
    List<String> last = words.subList(Math.max(0, words.size() - length), words.size());
    return (line.startsWith("pos") ? "1" : "0")
        + ",0".repeat(length - last.size())
        + last.stream()
            .map(word -> "," + ids.getOrDefault(word, RARE))
            .collect(Collectors.joining());
  }

  private static List<String> words(String line) {
    String text = line.split("\t", 4)[3].toLowerCase(Locale.ROOT);
    return NO_WORD.splitAsStream(text).filter(word -> !word.isEmpty()).toList();
  }

  private static BufferedReader open(Path path) throws IOException {
    return new BufferedReader(
        new InputStreamReader(
            new BZip2CompressorInputStream(Files.newInputStream(path), true),
            StandardCharsets.UTF_8));
  }
}
