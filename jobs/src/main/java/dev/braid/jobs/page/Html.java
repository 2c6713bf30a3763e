package dev.braid.jobs.page;

/** Text within a page. */
final class Html {
  private Html() {}

  /** The text with what HTML would take for its own replaced. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
