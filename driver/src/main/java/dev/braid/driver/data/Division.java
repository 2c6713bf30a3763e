package dev.braid.driver.data;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.Source;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which examples belong to which part: those of sources of their own, and those that are drawn from
 * the one source that the training part comes from.
 *
 * @param source of the training part and of all that are drawn
 * @param shares of that source, which sum to 1; of the training part alone where none is drawn
 * @param given the sources of the parts that have one of their own
 * @param draw what the drawing goes by
 * @param settings where they stand in the job file
 */
public record Division(
    Source source, Map<Part, Double> shares, Map<Part, Source> given, By draw, Settings settings) {
  /** By how much shares may miss 1, as decimals do. */
  private static final double ROUNDING = 1e-9;

  public Division {
    shares = Collections.unmodifiableMap(new EnumMap<>(shares));
    given = given.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(given));
  }

  /**
   * What a drawing goes by.
   *
   * @param column whose examples of one value stay together; null for none
   * @param stratified whether each class is divided by itself
   * @param fold the piece that is the test part; null where shares alone say what is drawn
   */
  public record By(String column, boolean stratified, Fold fold) {
    /** By the examples alone. */
    public static final By EXAMPLES = new By(null, false, null);

    public By {
      require(
          column == null || !stratified,
          "data.parts: by and stratified exclude each other: where groups stay whole, the shares of"
              + " classes follow from them");
    }

    /** Whether neither groups nor classes matter, but the random order of the examples alone. */
    boolean isPlain() {
      return column == null && !stratified;
    }

    /** Where the first part that is drawn begins, as a share of all examples in their order. */
    double origin() {
      return fold == null ? 0 : fold.from();
    }
  }

  /**
   * One of the pieces of near size into which the examples are divided in their order.
   *
   * @param number of the piece, from 1
   * @param of how many there are
   */
  public record Fold(int number, int of) {
    public Fold {
      require(of > 1, "data.parts.folds must be at least 2, got %d", of);
      require(
          number > 0 && number <= of,
          "data.parts.fold must be one of the folds 1 to %d, got %d",
          of,
          number);
    }

    /** Where it begins, as a share of all examples: where the piece before it ends, exactly. */
    double from() {
      return (number - 1) / (double) of;
    }

    double to() {
      return number / (double) of;
    }
  }

  /** Where the parts stand in the job file. */
  public enum Settings {
    /** Under data itself. */
    SHORT,
    /** Under data.parts, the training part as a source of its own. */
    NAMED,
    /** Under data.parts, the training part as a share. */
    SPLIT,
    /** Under data.parts, the training part as what a fold and shares leave. */
    FOLDS
  }

  /** Of the short form of a job file, each part of which may be null. */
  static Division of(Source train, PartOrigin validation, Source test) {
    Map<Part, PartOrigin> origins = new EnumMap<>(Part.class);
    put(origins, Part.DEV, validation);
    put(origins, Part.TEST, test == null ? null : new PartOrigin.Own(test));
    return of(train, whole(), origins, By.EXAMPLES, Settings.SHORT);
  }

  /**
   * Of parts by name.
   *
   * @throws IllegalArgumentException when a part comes from nowhere, or from two places
   */
  static Division of(NamedParts parts) {
    Map<Part, PartOrigin> origins = new EnumMap<>(Part.class);
    put(origins, Part.TRAIN_DEV, parts.trainDev());
    put(origins, Part.DEV, parts.dev());
    put(origins, Part.TEST, parts.test());
    By by = new By(parts.by(), parts.stratified(), fold(parts));
    if (parts.of() == null) {
      require(
          parts.split() == null && by.fold() == null,
          "data.parts: %s how 'of: SOURCE' is divided; give it too",
          by.fold() == null ? "split says" : "folds say");
      return of(parts.train(), whole(), origins, by, Settings.NAMED);
    }
    require(
        parts.split() != null || by.fold() != null,
        "data.parts: of is divided by split: {train: 0.9, ...}, or by folds: 5");
    require(
        parts.split() == null || by.fold() == null,
        "data.parts: split and folds both say how 'of' is divided; leave one out");
    require(
        parts.train() == null,
        "data.parts: the training part is a share of 'of' and has a source of its own; leave one"
            + " out");
    if (by.fold() != null) {
      require(
          parts.test() == null,
          "data.parts: the test part is a fold of 'of' and is given itself; leave one out");
      return of(parts.of(), shares(by.fold()), origins, by, Settings.FOLDS);
    }
    Map<Part, Double> split = split(parts.split());
    for (Part part : origins.keySet()) {
      require(
          !split.containsKey(part),
          "data.parts: %s is a share of 'of' and is given itself; leave one out",
          part.key());
    }
    return of(parts.of(), split, origins, by, Settings.SPLIT);
  }

  private static Fold fold(NamedParts parts) {
    require(
        parts.fold() == null || parts.folds() != null,
        "data.parts: fold says which of the folds is the test part; give folds: 5 or so too");
    return parts.folds() == null
        ? null
        : new Fold(parts.fold() == null ? 1 : parts.fold(), parts.folds());
  }

  private static Map<Part, Double> shares(Fold fold) {
    return new EnumMap<>(Map.of(Part.TEST, 1.0 / fold.of(), Part.TRAIN, 1 - 1.0 / fold.of()));
  }

  private static void put(Map<Part, PartOrigin> origins, Part part, PartOrigin origin) {
    if (origin != null) {
      origins.put(part, origin);
    }
  }

  private static Map<Part, Double> whole() {
    return new EnumMap<>(Map.of(Part.TRAIN, 1.0));
  }

  private static Map<Part, Double> split(NamedParts.Split split) {
    Map<Part, Double> shares = new EnumMap<>(Part.class);
    shares.put(Part.TRAIN, split.train());
    share(shares, Part.TRAIN_DEV, split.trainDev());
    share(shares, Part.DEV, split.dev());
    share(shares, Part.TEST, split.test());
    double sum = shares.values().stream().mapToDouble(Double::doubleValue).sum();
    require(
        Math.abs(sum - 1) <= ROUNDING,
        "data.parts.split: the shares sum to %s, but together they are all examples: make them sum"
            + " to 1",
        (float) sum);
    shares.forEach(
        (part, share) ->
            require(
                share > 0 && share <= 1,
                "data.parts.split.%s must be a share above 0, got %s",
                part.key(),
                share));
    return shares;
  }

  private static void share(Map<Part, Double> shares, Part part, Double share) {
    if (share != null) {
      shares.put(part, share);
    }
  }

  /** Takes what other parts have of the training part from it. */
  private static Division of(
      Source source,
      Map<Part, Double> shares,
      Map<Part, PartOrigin> origins,
      By draw,
      Settings settings) {
    Map<Part, Source> given = new EnumMap<>(Part.class);
    double train = shares.get(Part.TRAIN);
    double taken = 0;
    for (Map.Entry<Part, PartOrigin> origin : origins.entrySet()) {
      if (origin.getValue() instanceof PartOrigin.Own own) {
        given.put(origin.getKey(), own.source());
      } else if (origin.getValue() instanceof PartOrigin.Share share) {
        shares.put(origin.getKey(), train * share.share());
        taken += share.share();
      }
    }
    require(
        taken < 1,
        "data.parts: the shares that are taken from train sum to %s; they must sum to less than 1,"
            + " so that something is left to learn from",
        (float) taken);
    shares.put(Part.TRAIN, train * (1 - taken));
    require(
        !draw.stratified() || shares.size() > 1,
        "data.parts.stratified: no part is drawn, each is a source of its own; leave it out");
    return new Division(source, shares, given, draw, settings);
  }

  /** The parts there are. */
  public Set<Part> parts() {
    Set<Part> parts = EnumSet.noneOf(Part.class);
    parts.addAll(given.keySet());
    if (source != null) {
      parts.addAll(shares.keySet());
    }
    return parts;
  }

  /** Where the examples of a part lie, perhaps among others; empty where there are none. */
  public Optional<Source> source(Part part) {
    return shares.containsKey(part)
        ? Optional.ofNullable(source)
        : Optional.ofNullable(given.get(part));
  }

  /** Whether a seed says which examples of the source belong to this part. */
  public boolean isDrawn(Part part) {
    return shares.size() > 1 && shares.containsKey(part);
  }

  /** Whether the job file names the parts, and does not use the short form. */
  public boolean isNamed() {
    return settings != Settings.SHORT;
  }

  /**
   * How parts are drawn, in words; see {@link DataSettings#drawing}.
   *
   * @param weight the column of weights, which are among the bytes that order examples; may be null
   */
  String drawing(String weight) {
    List<String> words = new ArrayList<>();
    for (Part part : drawn()) {
      words.add(part.key() + " " + shares.get(part).floatValue());
    }
    if (draw.fold() != null) {
      words.add("fold %d of %d".formatted(draw.fold().number(), draw.fold().of()));
    }
    if (draw.column() != null) {
      words.add("by " + draw.column());
    } else if (weight != null) {
      words.add("weight " + weight);
    }
    if (draw.stratified()) {
      words.add("stratified");
    }
    return String.join(", ", words);
  }

  /** A part's place in the job file. */
  public String setting(Part part) {
    return switch (settings) {
      case SHORT -> "data." + part.word();
      case NAMED -> "data.parts." + part.key();
      case SPLIT -> (given.containsKey(part) ? "data.parts." : "data.parts.split.") + part.key();
      case FOLDS ->
          switch (part) {
            case TRAIN -> "data.parts.folds";
            case TEST -> "data.parts.fold";
            case DEV, TRAIN_DEV -> "data.parts." + part.key();
          };
    };
  }

  /** The place in the job file of the source that a part's examples lie in. */
  public String sourceSetting(Part part) {
    if (given.containsKey(part)) {
      return setting(part);
    }
    return switch (settings) {
      case SHORT, NAMED -> setting(Part.TRAIN);
      case SPLIT, FOLDS -> "data.parts.of";
    };
  }

  /**
   * The position of a part's first example among {@code numExamples} in their order. Behind the
   * last one the order begins again, so that it may be {@code numExamples} or more.
   */
  long start(Part part, long numExamples) {
    return Math.round(numExamples * from(part));
  }

  /** The first position behind this part's; the training part has what the others leave. */
  long end(Part part, long numExamples) {
    return part == Part.TRAIN
        ? numExamples + Math.round(numExamples * draw.origin())
        : Math.round(numExamples * to(part));
  }

  /** The drawn parts as they follow one another: a fold first, the training part last. */
  List<Part> drawn() {
    List<Part> drawn = new ArrayList<>(shares.keySet());
    if (draw.fold() != null) {
      drawn.remove(Part.TEST);
      drawn.add(0, Part.TEST);
    }
    return drawn;
  }

  /** Where a drawn part begins, as a share of all examples; see {@link #start}. */
  private double from(Part part) {
    List<Part> drawn = drawn();
    List<Part> before = drawn.subList(0, drawn.indexOf(part));
    if (draw.fold() == null || before.isEmpty()) {
      return draw.origin() + sum(before);
    }
    return draw.fold().to() + sum(before.subList(1, before.size()));
  }

  /** Where it ends. */
  double to(Part part) {
    return draw.fold() != null && part == Part.TEST
        ? draw.fold().to()
        : from(part) + shares.get(part);
  }

  private double sum(List<Part> parts) {
    return parts.stream().mapToDouble(shares::get).sum();
  }

  /**
   * Does nothing when a drawn part has an example.
   *
   * @param of of how many examples it is a share
   * @throws IllegalArgumentException naming the part
   */
  void requireSome(Part part, long count, long of) {
    require(
        count > 0,
        "%s: a share of %s of %d examples is %d; nothing may be left out",
        setting(part),
        shares.get(part).floatValue(),
        of,
        count);
  }
}
