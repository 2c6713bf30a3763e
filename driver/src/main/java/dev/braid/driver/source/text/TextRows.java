package dev.braid.driver.source.text;

import static dev.braid.worker.Check.require;

import dev.braid.driver.files.FileContent;
import dev.braid.driver.source.picture.ClassFolders;
import dev.braid.driver.source.row.FilePart;
import dev.braid.driver.source.row.Lines;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import dev.braid.worker.format.Utf8;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Texts with their labels, where they have one.
 *
 * @param whole whether a file is one text; otherwise each line is
 * @param separator what stands between a label in front of a line and the text; null where there is
 *     none
 * @param folders by which folder a text has its class; null where it has none
 */
public record TextRows(Selection selection, boolean whole, String separator, ClassFolders folders)
    implements Parts.Reader<Object[]> {
  /** What a model's file calls the texts. */
  public static final String TEXT = "text";

  private static final int SHOWN = 40;

  @Override
  public Parts.Rows<Object[]> open(FilePart part, Configuration hadoop) throws IOException {
    return whole
        ? Parts.once(file(part, hadoop))
        : new Lines<>(false, (first, conf) -> this::line).open(part, hadoop);
  }

  private Placed<Object[]> file(FilePart part, Configuration hadoop) throws IOException {
    byte[] bytes;
    try (InputStream in = FileContent.open(new Path(part.file()), hadoop)) {
      bytes = in.readAllBytes();
    }
    Placed<byte[]> content = Placed.sound(part.file(), () -> 1, bytes);
    return content.map(text -> row(part.file(), null, Utf8.text(text))).asWhole();
  }

  private Placed<Object[]> line(String line, String file, LongSupplier row) {
    if (separator == null) {
      return Placed.sound(file, row, row(file, null, line));
    }
    int end = line.indexOf(separator);
    require(
        end > 0,
        "'%s' has no label in front of a separator '%s'; see text.separator",
        line.length() > SHOWN ? line.substring(0, SHOWN) + "..." : line,
        separator);
    String text = line.substring(end + separator.length());
    return Placed.sound(file, row, row(file, line.substring(0, end).strip(), text));
  }

  private Object[] row(String file, String label, String text) {
    String own = folders == null ? label : folders.of(new Path(file));
    return selection.row(column -> column.equals(TEXT) ? text : own);
  }
}
