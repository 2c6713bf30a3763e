package dev.braid.driver.data;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.Source;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
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
   */
  public record By(String column, boolean stratified) {
    /** By the examples alone. */
    public static final By EXAMPLES = new By(null, false);

    public By {
      require(
          column == null || !stratified,
          "data.parts: by and stratified exclude each other: where groups stay whole, the shares of"
              + " classes follow from them");
    }
  }

  /** Where the parts stand in the job file. */
  public enum Settings {
    /** Under data itself. */
    SHORT,
    /** Under data.parts, the training part as a source of its own. */
    NAMED,
    /** Under data.parts, the training part as a share. */
    SPLIT
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
    By by = new By(parts.by(), parts.stratified());
    if (parts.of() == null) {
      require(
          parts.split() == null, "data.parts: split says how 'of: SOURCE' is divided; give it too");
      return of(parts.train(), whole(), origins, by, Settings.NAMED);
    }
    require(parts.split() != null, "data.parts: of is divided by split: {train: 0.9, ...}");
    require(
        parts.train() == null,
        "data.parts: the training part is a share of 'of' and has a source of its own; leave one"
            + " out");
    Map<Part, Double> split = split(parts.split());
    for (Part part : origins.keySet()) {
      require(
          !split.containsKey(part),
          "data.parts: %s is a share of 'of' and is given itself; leave one out",
          part.key());
    }
    return of(parts.of(), split, origins, by, Settings.SPLIT);
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

  /** A part's place in the job file. */
  public String setting(Part part) {
    return switch (settings) {
      case SHORT -> "data." + part.word();
      case NAMED -> "data.parts." + part.key();
      case SPLIT -> (given.containsKey(part) ? "data.parts." : "data.parts.split.") + part.key();
    };
  }

  /** The place in the job file of the source that a part's examples lie in. */
  public String sourceSetting(Part part) {
    if (given.containsKey(part)) {
      return setting(part);
    }
    return settings == Settings.SPLIT ? "data.parts.of" : setting(Part.TRAIN);
  }

  /**
   * How many of {@code numExamples} the drawn parts before this one have together; the order is
   * that of the parts, so that the training part has what the others leave.
   */
  long start(Part part, long numExamples) {
    return Math.round(numExamples * before(part));
  }

  /** The first position behind this part's; see {@link #start}. */
  long end(Part part, long numExamples) {
    return part == Part.TRAIN
        ? numExamples
        : Math.round(numExamples * (before(part) + shares.get(part)));
  }

  /** The shares of the drawn parts before this one. */
  double before(Part part) {
    return shares.entrySet().stream()
        .filter(other -> other.getKey().compareTo(part) < 0)
        .mapToDouble(Map.Entry::getValue)
        .sum();
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
