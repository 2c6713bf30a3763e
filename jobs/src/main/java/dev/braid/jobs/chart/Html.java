package dev.braid.jobs.chart;

import java.util.Locale;

/** Text within a page. */
public final class Html {
  private Html() {}

  /** The text with what HTML would take for its own replaced. */
  public static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** A pattern filled in, with numbers that look the same everywhere. */
  public static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  /**
   * A bar of a table's column {@code bars}.
   *
   * @param color number of one of the page's colours
   * @param share of the longest bar
   */
  public static String bar(int color, double share) {
    return format("<i class=\"share c%d\" style=\"width:%.2f%%\"></i>", color, 100 * share);
  }
}
