package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import dev.braid.worker.format.Image;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Pictures, decoded: files of their own, or in archives. A picture in an archive is named {@code
 * archive!/name}.
 *
 * @param shape [channels, height, width] of an input
 * @param resized whether pictures are brought to that size, instead of being refused in another
 * @param classes by which folder a picture has its class; null for none
 */
record Pictures(List<Integer> shape, boolean resized, ClassFolders classes)
    implements Parts.Reader<Item> {

  Pictures {
    shape = new ArrayList<>(shape); // sublists and the like do not travel
  }

  @Override
  public Parts.Rows<Item> open(Part part, Configuration hadoop) throws IOException {
    Path file = new Path(part.file());
    return new Rows(part.file(), Archive.open(file, hadoop));
  }

  private String label(String name, boolean inArchive) {
    if (classes == null) {
      return null;
    }
    Path file = new Path(name);
    return inArchive ? file.getParent().getName() : classes.of(file);
  }

  /** Archives made on a Mac hold a hidden file beside each picture. */
  private static boolean isPicture(String entry) {
    return Image.isNamed(entry) && !Inspection.isHidden(new Path(entry).getName());
  }

  private final class Rows implements Parts.Rows<Item> {
    private static final Object[] NOTHING_KEPT = {};

    private final String file;
    private final Archive entries;
    private long row;
    private boolean ended;

    Rows(String file, Archive entries) {
      this.file = file;
      this.entries = entries;
    }

    @Override
    public Placed<Item> next() throws IOException {
      if (ended) {
        return null;
      }
      long number = row + 1;
      String name = file;
      try {
        String entry = entries.next();
        while (entry != null && !entry.isEmpty() && !isPicture(entry)) {
          entry = entries.next();
        }
        if (entry == null) {
          return null;
        }
        row++;
        name = entry.isEmpty() ? file : file + "!/" + entry;
        return item(name, number, entries.content());
      } catch (EOFException | ZipException e) {
        ended = true;
        return Item.broken(name, () -> number, "cannot be read from here on: " + e.getMessage());
      } catch (IllegalArgumentException e) {
        return Item.broken(name, () -> number, e.getMessage());
      }
    }

    private Placed<Item> item(String name, long number, byte[] content) {
      Image image = Image.decode(content);
      require(
          resized || (image.height() == shape.get(1) && image.width() == shape.get(2)),
          "the image is %d high and %d wide, but the model takes %s",
          image.height(),
          image.width(),
          shape);
      byte[] values = image.withChannels(shape.get(0)).resized(shape.get(1), shape.get(2)).values();
      float[] input = new float[values.length];
      for (int i = 0; i < input.length; i++) {
        input[i] = values[i] & 0xFF;
      }
      String label = label(name, !name.equals(file));
      return Item.sound(name, () -> number, input, NOTHING_KEPT, label);
    }

    @Override
    public void close() throws IOException {
      entries.close();
    }
  }
}
