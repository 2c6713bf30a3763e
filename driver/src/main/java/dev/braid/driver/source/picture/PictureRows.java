package dev.braid.driver.source.picture;

import dev.braid.driver.source.row.FilePart;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.encoding.Picture;
import java.io.EOFException;
import java.io.IOException;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Pictures, decoded: files of their own, or in archives.
 *
 * @param encoding how a file's bytes become an input
 * @param classes by which folder a picture has its class; null for none
 * @param selection the columns that are wanted
 */
public record PictureRows(Picture encoding, ClassFolders classes, Selection selection)
    implements Parts.Reader<Object[]> {

  /** What a row's picture is called. */
  public static final String IMAGE = "image";

  @Override
  public Parts.Rows<Object[]> open(FilePart part, Configuration hadoop) throws IOException {
    Path file = new Path(part.file());
    ArchiveFolders folders =
        classes != null && Archive.isNamed(file.getName())
            ? ArchiveFolders.of(Archive.Contents.of(file, hadoop).pictures(), file, classes)
            : null;
    try {
      return new Rows(part.file(), folders, Archive.open(file, hadoop));
    } catch (EOFException | ZipException e) {
      return Parts.once(cutOff(part.file(), 1, e));
    }
  }

  private static Placed<Object[]> cutOff(String name, long row, IOException e) {
    return Placed.broken(name, () -> row, "cannot be read from here on: " + e.getMessage());
  }

  private final class Rows implements Parts.Rows<Object[]> {
    private final String file;
    private final ArchiveFolders folders;
    private final Archive entries;
    private long row;
    private boolean ended;

    /**
     * @param folders within the archive; null where there is none, or no class is asked for
     */
    Rows(String file, ArchiveFolders folders, Archive entries) {
      this.file = file;
      this.folders = folders;
      this.entries = entries;
    }

    @Override
    public Placed<Object[]> next() throws IOException {
      Placed<Object[]> next = ended ? null : advance();
      return next == null ? null : next.asWhole();
    }

    private Placed<Object[]> advance() throws IOException {
      long number = row + 1;
      String name = file;
      try {
        String entry = entries.nextPicture();
        if (entry == null) {
          return null;
        }
        row++;
        name = Archive.nameOf(file, entry);
        byte[] values = encoding.pixels(entries.content());
        String label = label(entry);
        return Placed.sound(
            name, () -> number, selection.row(column -> column.equals(IMAGE) ? values : label));
      } catch (EOFException | ZipException e) {
        ended = true;
        return cutOff(name, number, e);
      } catch (WrongSettings e) {
        return Placed.broken(name, () -> number, e.getMessage());
      }
    }

    private String label(String entry) {
      if (folders != null) {
        return folders.classOf(entry);
      }
      return classes == null ? null : classes.of(new Path(file));
    }

    @Override
    public void close() throws IOException {
      entries.close();
    }
  }
}
