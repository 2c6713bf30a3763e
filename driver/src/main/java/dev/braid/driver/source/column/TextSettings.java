package dev.braid.driver.source.column;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.example.Inspection;
import dev.braid.worker.embedding.token.Tokenizer;
import dev.braid.worker.encoding.Lengths;
import dev.braid.worker.encoding.Lengths.Longer;
import dev.braid.worker.encoding.Letters;
import dev.braid.worker.encoding.TextEncoding;
import dev.braid.worker.encoding.TokenIds;
import dev.braid.worker.encoding.Vocabulary;
import dev.braid.worker.encoding.WordForm;
import dev.braid.worker.encoding.WordIndices.End;
import java.util.List;

/**
 * How texts of any length become the ids of their tokens.
 *
 * @param tokenizer how a text is cut into tokens: letters, whitespace, unicode, regex:PATTERN or
 *     characters; by default letters
 * @param vocabulary a file with a known token at the beginning of each line, in the order of their
 *     ids; by default the most frequent tokens of the texts to learn from are known
 * @param vectors instead of vocabulary, a file of word vectors (word2vec or GloVe), whose words are
 *     the known ones
 * @param maxWords only the first so many of them; by default all of the file's, or 20,000
 * @param letters gives the first so many letters of each token instead of the token itself, which
 *     are known then
 * @param form in which tokens are looked up: written, as they are, lower, or plain, which is lower
 *     with every digit as 0, one word for all addresses of the web and names behind @, and without
 *     the # of topics; written by default
 * @param maxLength tokens of the longest text; any number by default
 * @param longer what becomes of longer ones: cut, split or quarantine; by default they are cut
 * @param cut which end of them is cut off; by default the end
 * @param marks whether a mark stands before the first token of each text and one behind its last,
 *     as language models need that begin and end texts; false by default
 * @param file whether each value is the name of a file of text in UTF-8; false by default
 * @param base the folder that these names begin in; by default that of the table's file
 */
public record TextSettings(
    String tokenizer,
    String vocabulary,
    String vectors,
    Integer maxWords,
    Integer letters,
    WordForm form,
    Integer maxLength,
    Longer longer,
    End cut,
    Boolean marks,
    Boolean file,
    String base) {
  /** Of texts of which nothing is said. */
  public static final TextSettings DEFAULT = in(null, null);

  public TextSettings {
    require(
        vectors == null || vocabulary == null,
        "text.vectors and text.vocabulary both name the known words; set only one of them");
    require(maxWords == null || maxWords > 0, "text.maxWords must be at least 1, got %s", maxWords);
    require(
        letters == null || (vectors == null && !Tokenizer.CHARACTERS.equals(tokenizer)),
        "text.letters are those of words: leave out vectors and tokenizer: characters");
    if (tokenizer != null) {
      Tokenizer.ofTokens(tokenizer);
    }
    require(base == null || isNamed(file), "text.base is about names of files: set file: true too");
    var unused = new Lengths(maxLength, longer, cut); // refuses contradictions
  }

  private static boolean isNamed(Boolean file) {
    return file != null && file;
  }

  private static TextSettings in(Boolean file, String base) {
    return new TextSettings(null, null, null, null, null, null, null, null, null, null, file, base);
  }

  /** Whether each value is the name of a text's file. */
  boolean isNamed() {
    return isNamed(file);
  }

  /** Whether they say where texts lie, and nothing else. */
  boolean sayOnlyWhere() {
    return isNamed() && equals(in(file, base));
  }

  /** Where the known words come from. */
  public KnownWords known() {
    return new KnownWords(
        vectors == null ? vocabulary : vectors,
        vectors == null ? "vocabulary" : "vectors",
        maxWords);
  }

  /** What says which words are known, alone: of texts of one length. */
  public TextSettings wordsAlone() {
    return new TextSettings(
        null, vocabulary, vectors, maxWords, null, null, null, null, null, null, null, null);
  }

  /** The encoding, before its words are known. */
  public TextEncoding open() {
    Vocabulary found = Vocabulary.open(known().most());
    TokenIds tokens =
        new TokenIds(
            tokenizer == null ? "letters" : tokenizer,
            form,
            letters == null ? found : Vocabulary.of(List.of()),
            new Lengths(maxLength, longer, cut),
            marks != null && marks);
    return letters == null ? tokens : new Letters(tokens, found, letters);
  }

  /**
   * Refuses settings that say otherwise than what earlier texts were encoded with.
   *
   * @param setting the section of these settings, for messages
   */
  public void requireAlike(Inspection inspection, String setting, TokenIds earlier) {
    Lengths lengths = earlier.lengths();
    requireAlike(setting + ".tokenizer", tokenizer, earlier.tokenizer());
    requireAlike(setting + ".form", form, earlier.form());
    requireAlike(setting + ".maxLength", maxLength, lengths.maxLength());
    requireAlike(setting + ".longer", longer, lengths.longer());
    requireAlike(setting + ".cut", cut, lengths.cut());
    requireAlike(setting + ".marks", marks, earlier.marks());
    known().requireAlike(inspection, setting, earlier);
  }

  private static void requireAlike(String setting, Object given, Object training) {
    Inspection.requireAlike(setting, given, training, "the training texts were encoded with");
  }
}
