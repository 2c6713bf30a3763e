package dev.braid.jobs.chart;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.jobs.chart.Curve.Bucket;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * Curves over epochs, drawn as SVG, with their numbers beside them for the page's script: it shows
 * the values under the pointer, smooths curves and draws them on a logarithmic scale.
 *
 * @param title what is drawn
 * @param series curves with a name each
 * @param best the epoch to be marked, if any
 */
public record Chart(String title, List<Series> series, OptionalInt best) {
  private static final int WIDTH = 520;
  private static final int HEIGHT = 250;
  private static final int LEFT = 54;
  private static final int RIGHT = 14;
  private static final int TOP = 12;
  private static final int BOTTOM = 32;

  /** How many the page's style has. */
  public static final int COLORS = 8;

  private static final MathContext DIGITS = new MathContext(4, RoundingMode.HALF_EVEN);
  private static final List<String> POINTS = List.of("x", "y");
  private static final List<String> THINNED = List.of("x", "y", "min", "max");

  /**
   * A curve with its name.
   *
   * @param name for the legend
   * @param curve its points
   * @param dots whether each point is marked
   */
  public record Series(String name, Curve curve, boolean dots) {}

  /** Without a mark. */
  public Chart(String title, Series... series) {
    this(title, List.of(series), OptionalInt.empty());
  }

  /** Nothing where every curve is flat and has nothing to say, as of a constant learning rate. */
  public String htmlUnlessFlat() {
    return series.stream().allMatch(s -> s.curve().isFlat()) ? "" : html();
  }

  /** A figure with the title, a legend and the plot. */
  public String html() {
    List<Series> drawn = series.stream().filter(s -> !s.curve().buckets().isEmpty()).toList();
    if (drawn.isEmpty()) {
      return "";
    }
    return "<figure class=\"card chart\" data-curves=\"%s\"><figcaption><h3>%s</h3>%s</figcaption>%s</figure>%n"
        .formatted(
            Html.escape(numbers(drawn)),
            Html.escape(title),
            legend(drawn),
            new Plot(drawn, best).svg(title));
  }

  /**
   * The curves as JSON: for each its name, whether it has dots, and per point x, y, and extremes.
   */
  private static String numbers(List<Series> drawn) {
    ArrayNode curves = JsonNodeFactory.instance.arrayNode();
    for (Series each : drawn) {
      ObjectNode curve = curves.addObject().put("name", each.name()).put("dots", each.dots());
      for (String column : each.curve().isThinned() ? THINNED : POINTS) {
        ArrayNode values = curve.putArray(column);
        for (Bucket bucket : each.curve().buckets()) {
          double value =
              switch (column) {
                case "x" -> bucket.x();
                case "y" -> bucket.mean();
                case "min" -> bucket.min();
                default -> bucket.max();
              };
          values.add(new BigDecimal(value).round(DIGITS).stripTrailingZeros());
        }
      }
    }
    return curves.toString();
  }

  private static String legend(List<Series> drawn) {
    StringBuilder legend = new StringBuilder("<span class=\"legend\">");
    for (int i = 0; i < drawn.size(); i++) {
      List<Bucket> buckets = drawn.get(i).curve().buckets();
      legend.append(
          "<span><i class=\"c%d\"></i>%s <b>%s</b></span>"
              .formatted(
                  i % COLORS,
                  Html.escape(drawn.get(i).name()),
                  Ticks.format(buckets.get(buckets.size() - 1).mean())));
    }
    return legend.append("</span>").toString();
  }

  /** The axes and what is drawn between them. */
  private static final class Plot {
    private final List<Series> series;
    private final Ticks xs;
    private final Ticks ys;
    private final double maxX;
    private final OptionalInt best;

    Plot(List<Series> series, OptionalInt best) {
      this.series = series;
      this.best = best;
      maxX = all(series).mapToDouble(Bucket::x).max().orElse(1);
      xs = Ticks.enclosing(0, maxX, 10);
      DoubleStream lows = all(series).mapToDouble(Bucket::min);
      DoubleStream highs = all(series).mapToDouble(Bucket::max);
      ys = Ticks.enclosing(lows.min().orElse(0), highs.max().orElse(1), 5);
    }

    String svg(String title) {
      StringBuilder svg =
          new StringBuilder(
              "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\" data-plot=\"%d %d %d %d %s\">"
                  .formatted(
                      WIDTH,
                      HEIGHT,
                      Html.escape(title),
                      LEFT,
                      WIDTH - RIGHT,
                      TOP,
                      HEIGHT - BOTTOM,
                      maxX));
      svg.append("<g class=\"ys\">");
      for (double y : ys.values()) {
        svg.append(
            Html.format(
                "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
                LEFT, WIDTH - RIGHT, y(y), y(y)));
        svg.append(text("end", LEFT - 8, y(y) + 4, Ticks.format(y)));
      }
      svg.append("</g>");
      for (double x : xs.values()) {
        if (x <= maxX * 1.0001 && Math.rint(x) == x) {
          svg.append(text("middle", x(x), HEIGHT - BOTTOM + 18, Ticks.format(x)));
        }
      }
      svg.append(text("end", WIDTH - RIGHT, HEIGHT - 1, "epochs"));
      best.ifPresent(epoch -> svg.append(mark(epoch)));
      svg.append("<g class=\"curves\">");
      for (int i = 0; i < series.size(); i++) {
        svg.append(curve(i, series.get(i)));
      }
      return svg.append("</g></svg>").toString();
    }

    private String mark(int epoch) {
      boolean atTheEnd = epoch > 0.8 * maxX;
      return Html.format(
              "<line class=\"mark\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>",
              x(epoch), x(epoch), TOP, HEIGHT - BOTTOM)
          + text(
              atTheEnd ? "end" : "start",
              x(epoch) + (atTheEnd ? -5 : 5),
              TOP + 9,
              "best: epoch " + epoch);
    }

    private String curve(int place, Series drawn) {
      int number = place % COLORS;
      List<Bucket> buckets = drawn.curve().buckets();
      StringBuilder svg = new StringBuilder();
      if (drawn.curve().isThinned()) {
        svg.append(Html.format("<path class=\"band c%d\" d=\"%s\"/>", number, band(buckets)));
      }
      svg.append(Html.format("<path class=\"line c%d\" d=\"M%s\"/>", number, points(buckets)));
      for (Bucket bucket : drawn.dots() || buckets.size() == 1 ? buckets : List.<Bucket>of()) {
        svg.append(
            Html.format(
                "<circle class=\"dot c%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"><title>%s %s:"
                    + " %s</title></circle>",
                number,
                x(bucket.x()),
                y(bucket.mean()),
                "epoch",
                Ticks.format(bucket.x()),
                Ticks.format(bucket.mean())));
      }
      return svg.toString();
    }

    private String points(List<Bucket> buckets) {
      return buckets.stream()
          .map(b -> Html.format("%.1f,%.1f", x(b.x()), y(b.mean())))
          .collect(Collectors.joining("L"));
    }

    private String band(List<Bucket> buckets) {
      StringBuilder path = new StringBuilder("M");
      for (Bucket b : buckets) {
        path.append(Html.format("%.1f,%.1fL", x(b.x()), y(b.max())));
      }
      for (int i = buckets.size() - 1; i >= 0; i--) {
        Bucket b = buckets.get(i);
        path.append(Html.format("%.1f,%.1f%s", x(b.x()), y(b.min()), i > 0 ? "L" : "Z"));
      }
      return path.toString();
    }

    private double x(double x) {
      return LEFT + (WIDTH - LEFT - RIGHT) * x / maxX;
    }

    private double y(double y) {
      double share = (y - ys.first()) / (ys.last() - ys.first());
      return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share;
    }

    private static java.util.stream.Stream<Bucket> all(List<Series> series) {
      return series.stream().flatMap(s -> s.curve().buckets().stream());
    }

    private static String text(String anchor, double x, double y, String words) {
      return Html.format(
          "<text text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>", anchor, x, y, words);
    }
  }
}
