package dev.braid.driver.source.text;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.column.KnownWords;
import dev.braid.driver.source.example.Inspection;
import dev.braid.worker.encoding.WordIndices;
import dev.braid.worker.encoding.WordIndices.End;
import dev.braid.worker.encoding.WordList;
import dev.braid.worker.transfer.WordRows;
import java.util.Optional;

/**
 * How texts become indices of words, as far as the settings say it: what they leave out is null.
 *
 * @param length words of a text
 */
public record WordSettings(
    KnownWords known, Integer length, String tokenizer, Ends ends, Places places) {
  private static final Places LEARNED =
      new Places(WordRows.FIRST, WordRows.UNKNOWN, WordRows.PADDING);

  /** Which ends of a text are filled up and cut off. */
  public record Ends(End pad, End cut) {}

  /** Which indices stand for the first known word, all other words, and nothing. */
  public record Places(Integer first, Integer unknown, Integer padding) {}

  /**
   * Of texts to learn from: as those of earlier texts, which the settings may not contradict, or as
   * the settings say; the words are none where they are to be found among the texts.
   *
   * @param setting the source's section, for messages
   */
  public WordIndices words(Inspection inspection, String setting, Optional<WordIndices> earlier) {
    if (earlier.isPresent()) {
      requireAlike(inspection, setting, earlier.get());
      return earlier.get();
    }
    require(
        alike(places.first, LEARNED.first)
            && alike(places.unknown, LEARNED.unknown)
            && alike(places.padding, LEARNED.padding),
        "%s: first, unknown and padding are for models of others; of those that are learned here"
            + " they are %d, %d and %d: leave them out",
        setting,
        LEARNED.first,
        LEARNED.unknown,
        LEARNED.padding);
    WordList words =
        known.file() == null
            ? WordList.open(known.most())
            : new WordList(known.read(inspection, setting));
    return indices(words, length, End.START);
  }

  /**
   * Of texts that a model is applied to.
   *
   * @param kept what its file says; the settings may not contradict it
   * @param inputWidth how many indices it reads
   */
  public WordIndices words(
      Inspection inspection, String setting, Optional<WordIndices> kept, int inputWidth) {
    if (kept.isPresent()) {
      requireAlike(inspection, setting, kept.get());
      return kept.get();
    }
    require(
        known.file() != null,
        "%s.vocabulary is missing: the file of the words in the order of their indices, as the"
            + " model keeps none",
        setting);
    require(
        alike(length, inputWidth),
        "%s.length is %s, but the model reads %d; leave it out",
        setting,
        length,
        inputWidth);
    return indices(new WordList(known.read(inspection, setting)), inputWidth, End.END);
  }

  /**
   * Does nothing where the settings are not about texts of one length.
   *
   * @throws IllegalArgumentException naming the one that is
   */
  public void requireOfAnyLength(String setting) {
    require(
        length == null && ends.pad == null && places.equals(new Places(null, null, null)),
        "%s: length, pad, align, first, unknown and padding are about texts of one length, and"
            + " these are of any; leave them out, or say the length",
        setting);
  }

  private static boolean alike(Integer given, int expected) {
    return given == null || given == expected;
  }

  private WordIndices indices(WordList words, int length, End pad) {
    return new WordIndices(
        tokenizer == null ? "letters" : tokenizer,
        words,
        length,
        places.first == null ? LEARNED.first : places.first,
        places.unknown == null ? LEARNED.unknown : places.unknown,
        places.padding == null ? LEARNED.padding : places.padding,
        ends.pad == null ? pad : ends.pad,
        ends.cut == null ? End.END : ends.cut);
  }

  private void requireAlike(Inspection inspection, String setting, WordIndices earlier) {
    requireAlike(setting + ".length", length, earlier.length());
    requireAlike(setting + ".tokenizer", tokenizer, earlier.tokenizer());
    requireAlike(setting + ".pad", ends.pad, earlier.pad());
    requireAlike(setting + ".cut", ends.cut, earlier.cut());
    requireAlike(setting + ".first", places.first, earlier.first());
    requireAlike(setting + ".unknown", places.unknown, earlier.unknown());
    requireAlike(setting + ".padding", places.padding, earlier.padding());
    known.requireAlike(inspection, setting, earlier);
  }

  private static void requireAlike(String setting, Object given, Object training) {
    Inspection.requireAlike(setting, given, training, "the training texts were encoded with");
  }
}
