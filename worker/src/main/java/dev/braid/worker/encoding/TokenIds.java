package dev.braid.worker.encoding;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.worker.embedding.token.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * A text as the ids of its tokens, as many as it has. A list of texts is one whose tokens are known
 * already.
 *
 * @param tokenizer how a text is cut into tokens; see {@link Tokenizer#ofTokens}
 * @param form in which tokens are looked up
 * @param vocabulary the known tokens
 * @param lengths how long texts may be, marks not counted
 * @param marks whether each text has a mark before its first token and one behind its last
 */
public record TokenIds(
    @JsonProperty(required = true) String tokenizer,
    WordForm form,
    @JsonProperty(required = true) Vocabulary vocabulary,
    @JsonProperty(required = true) Lengths lengths,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean marks)
    implements SequenceEncoding, TextEncoding {
  public TokenIds {
    Tokenizer.ofTokens(tokenizer);
    form = form == null ? WordForm.WRITTEN : form;
    require(
        !marks || !lengths.isSplit(),
        "marks tell where a text begins and ends, and the pieces of a split one do neither; leave"
            + " marks out, or set longer to cut or quarantine");
  }

  /** Of texts as they are. */
  public TokenIds(String tokenizer, Vocabulary vocabulary, Lengths lengths) {
    this(tokenizer, vocabulary, lengths, false);
  }

  /** Of texts as they are, with or without marks. */
  public TokenIds(String tokenizer, Vocabulary vocabulary, Lengths lengths, boolean marks) {
    this(tokenizer, WordForm.WRITTEN, vocabulary, lengths, marks);
  }

  @Override
  public List<String> wordsOf(Object value) {
    List<String> tokens = new ArrayList<>();
    if (value instanceof List<?> list) {
      list.forEach(token -> tokens.add(String.valueOf(Values.text(token))));
    } else {
      tokens.addAll(Tokenizer.ofTokens(tokenizer).words(Values.text(value)));
    }
    tokens.replaceAll(form::of);
    return tokens;
  }

  @Override
  public List<String> knownWords() {
    return vocabulary.words();
  }

  @Override
  public int mostWords() {
    return vocabulary.mostWords();
  }

  @Override
  public int firstId() {
    return Vocabulary.SPECIAL.size();
  }

  @Override
  public TokenIds with(List<String> words) {
    return new TokenIds(tokenizer, form, Vocabulary.of(words), lengths, marks);
  }

  @Override
  public String text(float[] ids) {
    List<String> words = new ArrayList<>();
    for (float id : ids) {
      words.add(vocabulary.word((int) id));
    }
    return String.join(tokenizer.equals(Tokenizer.CHARACTERS) ? "" : " ", words);
  }

  /** Numbers in each step: the id. */
  @Override
  public int width() {
    return 1;
  }

  @Override
  public void addRaw(Object value, String column, RawNumbers raw) {
    List<String> words = wordsOf(value);
    float[] ids = new float[words.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = vocabulary.id(words.get(i));
    }
    float[] read = lengths.applied(ids, 1, column);
    raw.addAll(marks ? marked(read) : read);
  }

  private static float[] marked(float[] ids) {
    float[] marked = new float[ids.length + 2];
    marked[0] = Vocabulary.START;
    System.arraycopy(ids, 0, marked, 1, ids.length);
    marked[marked.length - 1] = Vocabulary.END;
    return marked;
  }

  @Override
  public String description() {
    return "a text %s, as the ids of its tokens (%s), of %,d known ones"
        .formatted(lengths.description(), tokenizer, vocabulary.words().size());
  }
}
