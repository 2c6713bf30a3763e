package dev.braid.jobs.chart;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Words at their places in the plane. Every word is a dot; the most frequent get their label first,
 * and a word goes without where its label would lie on another.
 */
public final class WordMap {
  private static final int SIZE = 1100;
  private static final int MARGIN = 60;
  private static final int CELL = 40;

  /** Width of a letter, in font sizes: a little more than the mean of common fonts. */
  private static final double LETTER = 0.58;

  private final List<String> words;
  private final double[] x;
  private final double[] y;
  private final Label[] labels;
  private final List<List<Box>> taken = new ArrayList<>();

  /**
   * A map.
   *
   * @param words most frequent first
   * @param x place of each, in any unit
   * @param y the same
   */
  public WordMap(List<String> words, double[] x, double[] y) {
    this.words = List.copyOf(words);
    double[] ends = {
      Arrays.stream(x).min().orElse(0), Arrays.stream(x).max().orElse(1),
      Arrays.stream(y).min().orElse(0), Arrays.stream(y).max().orElse(1)
    };
    double scale =
        (SIZE - 2.0 * MARGIN) / Math.max(1e-9, Math.max(ends[1] - ends[0], ends[3] - ends[2]));
    this.x =
        Arrays.stream(x).map(v -> SIZE / 2.0 + (v - (ends[0] + ends[1]) / 2) * scale).toArray();
    this.y =
        Arrays.stream(y).map(v -> SIZE / 2.0 + (v - (ends[2] + ends[3]) / 2) * scale).toArray();
    for (int i = 0; i < (SIZE / CELL + 1) * (SIZE / CELL + 1); i++) {
      taken.add(new ArrayList<>());
    }
    labels = new Label[words.size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = place(i);
    }
  }

  private record Box(double left, double top, double right, double bottom) {
    boolean meets(Box other) {
      return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }
  }

  private record Label(double left, double baseline, int fontSize) {}

  /** Number of words that have a label. */
  public long numLabels() {
    return Arrays.stream(labels).filter(label -> label != null).count();
  }

  /** To the right of the dot, to its left, above or below, whatever is free; null if none is. */
  private Label place(int i) {
    int font = i < 40 ? 16 : i < 200 ? 13 : 11;
    double width = LETTER * font * words.get(i).codePointCount(0, words.get(i).length());
    double[][] corners = {
      {x[i] + 5, y[i] - font / 2.0},
      {x[i] - 5 - width, y[i] - font / 2.0},
      {x[i] - width / 2, y[i] - 5 - font},
      {x[i] - width / 2, y[i] + 5}
    };
    for (double[] corner : corners) {
      Box box = new Box(corner[0], corner[1], corner[0] + width, corner[1] + font);
      boolean inside = box.left > 2 && box.right < SIZE - 2 && box.top > 2 && box.bottom < SIZE - 2;
      if (inside && isFree(box)) {
        take(box);
        take(new Box(x[i] - 3, y[i] - 3, x[i] + 3, y[i] + 3));
        return new Label(box.left, box.top + 0.8 * font, font);
      }
    }
    return null;
  }

  private boolean isFree(Box box) {
    for (int cell : cells(box)) {
      for (Box other : taken.get(cell)) {
        if (box.meets(other)) {
          return false;
        }
      }
    }
    return true;
  }

  private void take(Box box) {
    for (int cell : cells(box)) {
      taken.get(cell).add(box);
    }
  }

  private static List<Integer> cells(Box box) {
    List<Integer> cells = new ArrayList<>();
    int perRow = SIZE / CELL + 1;
    for (int row = clip(box.top); row <= clip(box.bottom); row++) {
      for (int column = clip(box.left); column <= clip(box.right); column++) {
        cells.add(row * perRow + column);
      }
    }
    return cells;
  }

  private static int clip(double at) {
    return (int) Math.floor(Math.max(0, Math.min(SIZE - 1, at)) / CELL);
  }

  /** The map as SVG: for a page, whose colours it takes, or in UTF-8 as a file of its own. */
  public String svg() {
    StringBuilder svg =
        new StringBuilder(
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" class="words" role="img" aria-label="map of the words">
            <style>
            .words { background: var(--card, #fff); font-family: system-ui, "DejaVu Sans", sans-serif; }
            .words circle { fill: #2563c9; opacity: 0.45; }
            .words circle.bare { fill: #66707f; opacity: 0.3; }
            .words text { fill: var(--ink, #1b2330); }
            </style>
            """
                .formatted(SIZE, SIZE));
    for (int i = 0; i < labels.length; i++) {
      svg.append(
          Html.format(
              "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%s\"%s><title>%s</title></circle>%n",
              x[i],
              y[i],
              labels[i] == null ? "1.8" : "2.5",
              labels[i] == null ? " class=\"bare\"" : "",
              Html.escape(words.get(i))));
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] != null) {
        svg.append(
            Html.format(
                "<text x=\"%.1f\" y=\"%.1f\" style=\"font-size:%dpx\">%s</text>%n",
                labels[i].left, labels[i].baseline, labels[i].fontSize, Html.escape(words.get(i))));
      }
    }
    return svg.append("</svg>\n").toString();
  }

  /** Writes the map as PNG, twice as large as it is drawn. */
  public void writePng(OutputStream out) throws IOException {
    BufferedImage image = new BufferedImage(2 * SIZE, 2 * SIZE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.scale(2, 2);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, SIZE, SIZE);
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    for (int i = 0; i < labels.length; i++) {
      graphics.setColor(labels[i] == null ? new Color(0xd0d3d8) : new Color(0x9cb7e6));
      double radius = labels[i] == null ? 1.8 : 2.5;
      graphics.fill(new Ellipse2D.Double(x[i] - radius, y[i] - radius, 2 * radius, 2 * radius));
    }
    graphics.setColor(new Color(0x1b2330));
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] != null) {
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, labels[i].fontSize));
        graphics.drawString(words.get(i), (float) labels[i].left, (float) labels[i].baseline);
      }
    }
    graphics.dispose();
    ImageIO.write(image, "png", out);
  }

  /** The coordinates of all words: a head line, then word, x and y apart by tabs. */
  public static String table(List<String> words, double[] x, double[] y) {
    StringBuilder table = new StringBuilder("word\tx\ty\n");
    for (int i = 0; i < words.size(); i++) {
      table.append(Html.format("%s\t%.4f\t%.4f\n", words.get(i), x[i], y[i]));
    }
    return table.toString();
  }
}
