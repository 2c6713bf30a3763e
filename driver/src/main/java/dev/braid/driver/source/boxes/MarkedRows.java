package dev.braid.driver.source.boxes;

import dev.braid.driver.source.picture.Archive;
import dev.braid.driver.source.picture.PictureRows;
import dev.braid.driver.source.row.FilePart;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.encoding.Picture;
import dev.braid.worker.format.Image;
import java.io.EOFException;
import java.io.IOException;
import java.util.HashMap;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Pictures, decoded, with their objects: files of their own, or in archives. Pictures of which
 * nothing is known are passed over.
 *
 * @param shape [channels, height, width] that pictures are brought to
 * @param known pictures by their names without folders and endings
 * @param most objects that a label has room for
 * @param selection the columns that are wanted
 */
public record MarkedRows(
    Picture shape, HashMap<String, MarkedPicture> known, int most, Selection selection)
    implements Parts.Reader<Object[]> {

  @Override
  public Parts.Rows<Object[]> open(FilePart part, Configuration hadoop) throws IOException {
    try {
      return new Rows(part.file(), Archive.open(new Path(part.file()), hadoop));
    } catch (EOFException | ZipException e) {
      return Parts.once(cutOff(part.file(), 1, e));
    }
  }

  private static Placed<Object[]> cutOff(String name, long row, IOException e) {
    return Placed.broken(name, () -> row, "cannot be read from here on: " + e.getMessage());
  }

  private final class Rows implements Parts.Rows<Object[]> {
    private final String file;
    private final Archive entries;
    private long row;
    private boolean ended;

    Rows(String file, Archive entries) {
      this.file = file;
      this.entries = entries;
    }

    @Override
    public Placed<Object[]> next() throws IOException {
      try {
        while (!ended) {
          String entry = entries.nextPicture();
          ended = entry == null;
          String name = ended ? "" : Archive.nameOf(file, entry);
          MarkedPicture marked = known.get(BoxFiles.stem(name));
          if (marked != null) {
            row++;
            return row(name, marked).asWhole();
          }
        }
        return null;
      } catch (EOFException | ZipException e) {
        ended = true;
        return cutOff(file, row + 1, e).asWhole();
      }
    }

    private Placed<Object[]> row(String name, MarkedPicture marked) throws IOException {
      long number = row;
      if (marked.problem() != null) {
        return Placed.broken(name, () -> number, marked.problem());
      }
      byte[] content = entries.content();
      try {
        Image image = Image.decode(content);
        marked.requireSize(image.height(), image.width());
        byte[] pixels = shape.pixels(image);
        return Placed.sound(
            name,
            () -> number,
            selection.row(
                column -> column.equals(PictureRows.IMAGE) ? pixels : marked.label(most)));
      } catch (WrongSettings e) {
        return Placed.broken(name, () -> number, e.getMessage());
      }
    }

    @Override
    public void close() throws IOException {
      entries.close();
    }
  }
}
