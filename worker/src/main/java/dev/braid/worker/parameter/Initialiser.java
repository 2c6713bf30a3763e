package dev.braid.worker.parameter;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.random.SplitMix;
import java.io.Serializable;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a tensor's first values are drawn; written as a name, some with a number: {@code heNormal},
 * {@code normal(0.01)}.
 *
 * @param kind which distribution
 * @param number standard deviation of {@code normal}, largest absolute value of {@code uniform},
 *     value of {@code constant}; 0 for the others
 */
public record Initialiser(Kind kind, double number) implements Serializable {

  /** Distributions of first values; fan-in and fan-out count a unit's incoming and outgoing. */
  public enum Kind {
    /** Uniform, variance 2 / (fan-in + fan-out) (Glorot and Bengio 2010). */
    XAVIER_UNIFORM("xavierUniform"),
    /** Normal, variance 2 / (fan-in + fan-out) (Glorot and Bengio 2010). */
    XAVIER_NORMAL("xavierNormal"),
    /** Uniform, variance 2 / fan-in (arXiv:1502.01852). */
    HE_UNIFORM("heUniform"),
    /** Normal, variance 2 / fan-in (arXiv:1502.01852). */
    HE_NORMAL("heNormal"),
    /** Uniform, variance 1 / fan-in (LeCun et al. 1998). */
    LECUN_UNIFORM("lecunUniform"),
    /** Normal, variance 1 / fan-in (LeCun et al. 1998). */
    LECUN_NORMAL("lecunNormal"),
    /** Orthogonal rows or columns, whichever are fewer (arXiv:1312.6120). */
    ORTHOGONAL("orthogonal"),
    /** Normal with a given standard deviation. */
    NORMAL("normal"),
    /** Uniform between minus and plus a given number. */
    UNIFORM("uniform"),
    /** One given number. */
    CONSTANT("constant"),
    /** 0. */
    ZEROS("zeros"),
    /** 1. */
    ONES("ones");

    private final String written;

    Kind(String written) {
      this.written = written;
    }

    private boolean takesNumber() {
      return this == NORMAL || this == UNIFORM || this == CONSTANT;
    }

    private String example() {
      return takesNumber() ? written + "(number)" : written;
    }
  }

  /** Xavier, uniform. */
  public static final Initialiser XAVIER_UNIFORM = new Initialiser(Kind.XAVIER_UNIFORM, 0);

  /** He, normal. */
  public static final Initialiser HE_NORMAL = new Initialiser(Kind.HE_NORMAL, 0);

  /** LeCun, normal. */
  public static final Initialiser LECUN_NORMAL = new Initialiser(Kind.LECUN_NORMAL, 0);

  /** Orthogonal. */
  public static final Initialiser ORTHOGONAL = new Initialiser(Kind.ORTHOGONAL, 0);

  /** Zeros. */
  public static final Initialiser ZEROS = new Initialiser(Kind.ZEROS, 0);

  /** Ones. */
  public static final Initialiser ONES = new Initialiser(Kind.ONES, 0);

  private static final Pattern WRITTEN = Pattern.compile("(\\w+)(?:\\((-?[0-9.eE+-]+)\\))?");

  public Initialiser {
    require(Double.isFinite(number), "an initialiser's number must be finite, got %s", number);
    require(
        kind == Kind.CONSTANT || number >= 0,
        "%s(%s): the number must not be negative",
        kind.written,
        number);
  }

  /** Every value the same. */
  public static Initialiser constant(double value) {
    return new Initialiser(Kind.CONSTANT, value);
  }

  /** An initialiser as a job file writes it. */
  @JsonCreator
  public static Initialiser read(String written) {
    Matcher matcher = WRITTEN.matcher(written.strip());
    String known =
        Arrays.stream(Kind.values()).map(Kind::example).collect(Collectors.joining(", "));
    require(matcher.matches(), "unknown initialiser '%s'; known: %s", written, known);
    for (Kind kind : Kind.values()) {
      if (kind.written.equals(matcher.group(1))
          && kind.takesNumber() == (matcher.group(2) != null)) {
        return new Initialiser(kind, kind.takesNumber() ? Double.parseDouble(matcher.group(2)) : 0);
      }
    }
    throw new WrongSettings("unknown initialiser '" + written + "'; known: " + known);
  }

  /** The inverse of {@link #read}. */
  @JsonValue
  public String written() {
    return kind.takesNumber() ? kind.written + "(" + number + ")" : kind.written;
  }

  /** Whether each value depends on all others, so that a tensor cannot be filled in pieces. */
  public boolean isDrawnWhole() {
    return kind == Kind.ORTHOGONAL;
  }

  /**
   * First values of a tensor of {@code rows} rows, or the next piece of them.
   *
   * @param values [rows x columns], overwritten; less of it unless {@link #isDrawnWhole}
   * @param random where they are drawn from
   */
  public void fill(float[] values, int rows, int fanIn, int fanOut, SplitMix random) {
    switch (kind) {
      case XAVIER_UNIFORM -> uniform(values, Math.sqrt(6.0 / (fanIn + fanOut)), random);
      case XAVIER_NORMAL -> normal(values, Math.sqrt(2.0 / (fanIn + fanOut)), random);
      case HE_UNIFORM -> uniform(values, Math.sqrt(6.0 / fanIn), random);
      case HE_NORMAL -> normal(values, Math.sqrt(2.0 / fanIn), random);
      case LECUN_UNIFORM -> uniform(values, Math.sqrt(3.0 / fanIn), random);
      case LECUN_NORMAL -> normal(values, Math.sqrt(1.0 / fanIn), random);
      case ORTHOGONAL -> Orthogonal.fill(values, rows, random);
      case NORMAL -> normal(values, number, random);
      case UNIFORM -> uniform(values, number, random);
      case CONSTANT -> Arrays.fill(values, (float) number);
      case ZEROS -> Arrays.fill(values, 0);
      case ONES -> Arrays.fill(values, 1);
    }
  }

  private static void uniform(float[] values, double limit, SplitMix random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((2 * random.nextDouble() - 1) * limit);
    }
  }

  private static void normal(float[] values, double deviation, SplitMix random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * deviation);
    }
  }
}
