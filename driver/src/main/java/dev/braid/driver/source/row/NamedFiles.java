package dev.braid.driver.source.row;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.format.Utf8;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Rows some of whose values name files, read with the files' content in the place of their names. A
 * name is one in the folder of the row's own file unless the settings say another folder; it may
 * begin with a slash or the scheme of a file system.
 *
 * @param rows that hold the names
 * @param columns whose values are names
 */
public record NamedFiles(Parts.Reader<Object[]> rows, List<Column> columns)
    implements Parts.Reader<Object[]> {

  /**
   * A column of names.
   *
   * @param name of the column
   * @param place of its value in a row
   * @param base the folder that names begin in; null for that of the row's file
   * @param isText whether the content is a text in UTF-8; bytes otherwise
   */
  public record Column(String name, int place, String base, boolean isText)
      implements Serializable {
    private Object content(String file, String value, Configuration hadoop) throws IOException {
      Path folder = base == null ? new Path(file).getParent() : new Path(base);
      Path path = path(folder, value);
      FileSystem system = path.getFileSystem(hadoop);
      try (InputStream in = system.open(path)) {
        byte[] bytes = in.readAllBytes();
        return isText ? Utf8.text(bytes) : bytes;
      } catch (FileNotFoundException e) {
        throw new WrongSettings(
            "column '%s' names '%s', but there is no file %s".formatted(name, value, path), e);
      } catch (WrongSettings e) {
        throw new WrongSettings(path + ": " + e.getMessage(), e);
      }
    }

    private Path path(Path folder, String value) {
      try {
        return new Path(folder, value);
      } catch (IllegalArgumentException e) {
        throw new WrongSettings(
            "column '%s' holds '%s', which is no file's name: %s"
                .formatted(name, value, e.getMessage()),
            e);
      }
    }
  }

  /** The reader of rows whose files are to be read too, where there are any. */
  public static Parts.Reader<Object[]> of(
      Parts.Reader<Object[]> rows, Selection selection, Function<String, Column> column) {
    List<Column> columns =
        selection.files().stream().map(column).collect(Collectors.toCollection(ArrayList::new));
    return columns.isEmpty() ? rows : new NamedFiles(rows, columns);
  }

  @Override
  public Parts.Rows<Object[]> open(FilePart part, Configuration hadoop) throws IOException {
    return new Rows(rows.open(part, hadoop), hadoop);
  }

  private final class Rows implements Parts.Rows<Object[]> {
    private final Parts.Rows<Object[]> names;
    private final Configuration hadoop;

    Rows(Parts.Rows<Object[]> names, Configuration hadoop) {
      this.names = names;
      this.hadoop = hadoop;
    }

    @Override
    public Placed<Object[]> next() throws IOException {
      Placed<Object[]> row = names.next();
      try {
        return row == null ? null : row.map(values -> read(row.file(), values));
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }

    private Object[] read(String file, Object[] values) {
      try {
        for (Column column : columns) {
          if (values[column.place] instanceof String name) {
            values[column.place] = column.content(file, name, hadoop);
          }
        }
        return values;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public long numChars() {
      return names.numChars();
    }

    @Override
    public void close() throws IOException {
      names.close();
    }
  }
}
