package dev.braid.driver.source.column;

import static dev.braid.worker.Check.require;

import dev.braid.driver.embedding.vectors.VectorReader;
import dev.braid.driver.files.FileContent;
import dev.braid.driver.source.example.Inspection;
import dev.braid.worker.encoding.TextEncoding;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;

/**
 * Where the words that a model of texts knows come from: a file, or the texts themselves, whose
 * most frequent words they are then.
 *
 * @param file of word vectors, or of a word at the beginning of each line; null for the texts
 * @param setting what the settings call it
 * @param maxWords only the first so many; null for all of a file's, or 20,000 of the texts'
 */
public record KnownWords(String file, String setting, Integer maxWords) {
  private static final int DEFAULT_MOST = 20_000;

  /** The words of the file. */
  public List<String> read(Inspection inspection, String section) {
    List<String> words = read(inspection, maxWords == null ? Integer.MAX_VALUE : maxWords);
    require(!words.isEmpty(), "%s.%s: %s is empty", section, setting, file);
    return words;
  }

  private List<String> read(Inspection inspection, int most) {
    FileStatus found = inspection.files("text." + setting, file).get(0);
    String name = found.getPath().toString();
    if (setting.equals("vectors") || VectorReader.isVectors(name, inspection.hadoop())) {
      return VectorReader.words(name, inspection.hadoop(), most);
    }
    try (BufferedReader lines = FileContent.text(found.getPath(), inspection.hadoop())) {
      return lines.lines().limit(most).map(line -> line.strip().split("\\s", 2)[0]).toList();
    } catch (IOException e) {
      throw FileContent.unreadable(name, e);
    } catch (UncheckedIOException e) {
      throw FileContent.unreadable(name, e.getCause());
    }
  }

  /**
   * Refuses settings that tell of other words than those of the training texts.
   *
   * @param earlier how those are encoded; without words where they are still to be found
   */
  public void requireAlike(Inspection inspection, String section, TextEncoding earlier) {
    List<String> training = earlier.knownWords();
    boolean alike =
        file == null
            ? maxWords == null || maxWords >= training.size()
            : beginsAlike(
                training, earlier.with(read(inspection, section)).knownWords(), maxWords == null);
    require(
        alike,
        "%s.%s: the training texts were encoded with %,d words, and these are others; leave it out",
        section,
        file == null ? "maxWords" : setting,
        training.size());
  }

  private static boolean beginsAlike(List<String> training, List<String> own, boolean mayBeMore) {
    return (mayBeMore && own.size() > training.size())
        ? own.subList(0, training.size()).equals(training)
        : own.equals(training);
  }

  /** How many words are known at most where the texts tell them. */
  public int most() {
    return maxWords == null ? DEFAULT_MOST : maxWords;
  }
}
