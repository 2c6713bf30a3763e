package dev.braid.jobs.chart;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * Round numbers along an axis.
 *
 * @param step 1, 2 or 5 times a power of ten
 * @param values multiples of it, ascending, the first at or below and the last at or above the data
 */
public record Ticks(double step, List<Double> values) {
  private static final double[] FACTORS = {1, 2, 5, 10};

  /** About {@code count} ticks that enclose {@code [low, high]}, and 0 where these are the same. */
  static Ticks enclosing(double low, double high, int count) {
    if (low == high) {
      return high == 0
          ? enclosing(0, 1, count)
          : enclosing(Math.min(0, low), Math.max(0, high), count);
    }
    double range = high - low;
    double power = Math.pow(10, Math.floor(Math.log10(range / count)));
    double step = power;
    for (double factor : FACTORS) {
      step = factor * power;
      if (range / step <= count) {
        break;
      }
    }
    List<Double> values = new ArrayList<>();
    long first = (long) Math.floor(low / step + 1e-9);
    for (long i = first;
        values.size() < 2 || values.get(values.size() - 1) < high - step * 1e-9;
        i++) {
      values.add(i * step);
    }
    return new Ticks(step, List.copyOf(values));
  }

  double first() {
    return values.get(0);
  }

  double last() {
    return values.get(values.size() - 1);
  }

  /**
   * A number with as many digits as a reader wants: four at most, no zeros at the end, thousands
   * and millions as k and M.
   */
  public static String format(double value) {
    if (value == 0) {
      return "0";
    }
    BigDecimal rounded =
        new BigDecimal(value)
            .round(new MathContext(4, RoundingMode.HALF_EVEN))
            .stripTrailingZeros();
    double size = Math.abs(value);
    if (size < 1e-4 || size >= 1e9) {
      int exponent = rounded.precision() - rounded.scale() - 1;
      return rounded.movePointLeft(exponent).toPlainString() + "e" + exponent;
    }
    if (size >= 1e6) {
      return rounded.movePointLeft(6).toPlainString() + " M";
    }
    return size >= 1e4 ? rounded.movePointLeft(3).toPlainString() + " k" : rounded.toPlainString();
  }
}
