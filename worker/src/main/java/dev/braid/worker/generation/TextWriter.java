package dev.braid.worker.generation;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.States;
import dev.braid.worker.embedding.token.Tokenizer;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.encoding.TokenIds;
import dev.braid.worker.encoding.Vocabulary;
import dev.braid.worker.engine.NetworkEngine;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.state.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A language model that writes texts. */
public final class TextWriter implements AutoCloseable {
  private static final int MOST_NAMED = 100;

  private final TokenIds tokens;
  private final NetworkGenerator network;

  private TextWriter(TokenIds tokens, NetworkGenerator network) {
    this.tokens = tokens;
    this.network = network;
  }

  /** The same on the engine that is the network's where none is named. */
  public static TextWriter of(Model model) {
    return of(model, NetworkEngine.of(model.description().plan()));
  }

  /**
   * The writer that a model is.
   *
   * @param engine computes
   * @throws IllegalArgumentException when it is no language model
   */
  public static TextWriter of(Model model, NetworkEngine engine) {
    ModelDescription description = model.description();
    require(
        description.labels().size() == 1 && description.labels().get(0).task().isOfInputs(),
        "the model is no language model: it was trained for %s; one that writes texts is trained"
            + " with data.task: languageModel",
        description.labels().stream()
            .map(labels -> labels.task().name())
            .collect(Collectors.joining(", ")));
    Blueprint plan = description.plan();
    InputEncoding encoding = description.inputs().get(0).encoding();
    require(
        plan instanceof NetworkPlan
            && encoding != null
            && encoding.columns().size() == 1
            && encoding.columns().get(0).as() instanceof TokenIds,
        "the model does not read texts by the ids of their tokens, so that it cannot write any");
    TokenIds tokens = (TokenIds) encoding.columns().get(0).as();
    engine.requireRuns(plan);
    Replica replica = engine.replicas(plan).create();
    try {
      State state = replica.newState();
      state.params().copyFrom(model.params());
      state.statistics().copyFrom(model.statistics());
      replica.load(state);
      return new TextWriter(
          tokens, new NetworkGenerator((NetworkPlan) plan, replica, neverWritten(tokens)));
    } catch (RuntimeException e) {
      replica.close();
      throw e;
    }
  }

  private static Set<Integer> neverWritten(TokenIds tokens) {
    Set<Integer> never = Set.of(Vocabulary.PADDING, Vocabulary.UNKNOWN, Vocabulary.START);
    return tokens.marks()
        ? never
        : Set.of(Vocabulary.PADDING, Vocabulary.UNKNOWN, Vocabulary.START, Vocabulary.END);
  }

  /**
   * Writes on.
   *
   * @param start what the text begins with; may be empty
   * @param choice how tokens are chosen
   * @param length tokens at most, those of the beginning not among them
   * @param out is told the text piece by piece, the beginning first; as it is written where one
   *     sequence is looked for, else when it is found
   * @throws IllegalArgumentException naming what of the beginning the model does not know
   */
  public void write(String start, Choice choice, int length, Consumer<String> out) {
    int[] ids = ids(start);
    Spelling spelling = new Spelling(out);
    tokensOf(start).forEach(spelling::add);
    Search search = new Search(choice, length, tokens.marks() ? Vocabulary.END : -1);
    Next<States> beginning = network.after(ids);
    if (choice.numPlaces() == 1) {
      search.run(network, beginning, (source, place, token) -> spelling.add(token));
      return;
    }
    for (int token : search.run(network, beginning, Search.SILENT).get(0).get(0).tokens()) {
      spelling.add(token);
    }
  }

  /** The tokens of a text; words have a line end between those of two lines. */
  private List<String> tokensOf(String text) {
    Tokenizer tokenizer = Tokenizer.ofTokens(tokens.tokenizer());
    if (isOfCharacters()) {
      return tokenizer.words(text);
    }
    List<String> words = new ArrayList<>();
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      if (i > 0) {
        words.add(Tokenizer.LINE_END);
      }
      words.addAll(tokenizer.words(lines[i]));
    }
    return words;
  }

  /** Whether its texts have an end, and not only the length that is asked for. */
  public boolean ends() {
    return tokens.marks();
  }

  /** What a text begins with where nothing is said: nothing, if the model knows a beginning. */
  public String usualStart() {
    boolean knowsBeginning =
        tokens.marks() || tokens.vocabulary().id(Tokenizer.LINE_END) != Vocabulary.UNKNOWN;
    return knowsBeginning ? "" : tokens.vocabulary().words().get(0);
  }

  private boolean isOfCharacters() {
    return tokens.tokenizer().equals(Tokenizer.CHARACTERS);
  }

  private int[] ids(String start) {
    List<String> words = tokensOf(start);
    Vocabulary known = tokens.vocabulary();
    List<String> unknown =
        words.stream().filter(word -> known.id(word) == Vocabulary.UNKNOWN).distinct().toList();
    require(
        unknown.isEmpty(),
        "the model does not know '%s', with which the text is to begin; it knows %s",
        String.join("', '", unknown),
        isOfCharacters() && known.words().size() <= MOST_NAMED
            ? "the characters " + String.join("", known.words()).replace("\n", "\\n")
            : "%,d tokens, those of its training texts".formatted(known.words().size()));
    List<Integer> ids = new ArrayList<>();
    if (tokens.marks()) {
      ids.add(Vocabulary.START);
    } else if (words.isEmpty()) {
      require(
          known.id(Tokenizer.LINE_END) != Vocabulary.UNKNOWN,
          "the model knows no line ends after which a text could begin; say what it begins with");
      ids.add(known.id(Tokenizer.LINE_END));
    }
    words.forEach(word -> ids.add(known.id(word)));
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Puts tokens together to a text: characters as they are, words apart by blanks. */
  private final class Spelling {
    private final Consumer<String> out;
    private boolean inLine;

    Spelling(Consumer<String> out) {
      this.out = out;
    }

    void add(int token) {
      if (token != Vocabulary.END) {
        add(tokens.vocabulary().word(token));
      }
    }

    void add(String token) {
      boolean apart = inLine && !isOfCharacters() && !token.equals(Tokenizer.LINE_END);
      out.accept(apart ? " " + token : token);
      inLine = !token.equals(Tokenizer.LINE_END);
    }
  }

  @Override
  public void close() {
    network.close();
  }
}
