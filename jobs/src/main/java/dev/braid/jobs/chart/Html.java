package dev.braid.jobs.chart;

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
}
