package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import java.io.Serializable;
import java.util.function.LongSupplier;

/**
 * A text and what is right of it.
 *
 * @param label null where that is not known
 */
record LabelledText(String label, String text) {

  /**
   * Makes texts of lines that have a label in front.
   *
   * @param separator what stands between the two
   */
  record InLines(String separator) implements Lines.Decoder<LabelledText>, Serializable {
    private static final int SHOWN = 40;

    @Override
    public Placed<LabelledText> decode(String line, String file, LongSupplier row) {
      int end = line.indexOf(separator);
      require(
          end > 0,
          "'%s' has no label in front of a separator '%s'; see text.separator",
          line.length() > SHOWN ? line.substring(0, SHOWN) + "..." : line,
          separator);
      String text = line.substring(end + separator.length());
      return Placed.sound(file, row, new LabelledText(line.substring(0, end).strip(), text));
    }
  }
}
