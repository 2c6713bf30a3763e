package dev.braid.driver.source.picture;

import dev.braid.driver.source.row.FilePart;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.format.IdxHeader;
import dev.braid.worker.format.IdxStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The rows of IDX files, with their labels where these are wanted.
 *
 * @param labelFiles by the file of the inputs that of its labels
 */
public record IdxRows(Selection selection, HashMap<String, String> labelFiles)
    implements Parts.Reader<Object[]> {
  /** What a row's input is called. */
  public static final String IMAGE = "image";

  @Override
  public Parts.Rows<Object[]> open(FilePart part, Configuration hadoop) throws IOException {
    try {
      IdxStream images = stream(part.file(), hadoop);
      String file = labelFiles.get(part.file());
      IdxStream labels = file == null ? null : stream(file, hadoop);
      if (labels != null) {
        images.header().requireAsMany(labels.header(), images.name(), file);
      }
      return new Rows(images, labels);
    } catch (WrongSettings e) {
      return Parts.once(Placed.brokenFile(part.file(), 1, e.getMessage()));
    }
  }

  static IdxStream stream(String file, Configuration hadoop) throws IOException {
    Path path = new Path(file);
    return new IdxStream(path.getFileSystem(hadoop).open(path), file);
  }

  private final class Rows implements Parts.Rows<Object[]> {
    private final IdxStream images;
    private final IdxStream labels;
    private boolean ended;

    Rows(IdxStream images, IdxStream labels) {
      this.images = images;
      this.labels = labels;
    }

    @Override
    public Placed<Object[]> next() throws IOException {
      if (ended) {
        return null;
      }
      long row = images.numRead() + 1L;
      try {
        if (images.numRead() == images.header().count()) {
          ended = true;
          images.requireEnd();
          return null;
        }
        Object image = numbers(images);
        Object label = labels == null ? null : label();
        return Placed.sound(
            images.name(),
            () -> row,
            selection.row(column -> column.equals(IMAGE) ? image : label));
      } catch (WrongSettings | ZipException e) {
        ended = true;
        return Placed.brokenFrom(images.name(), row, images.header().count(), e.getMessage());
      }
    }

    /** The numbers of the next example: bytes as they are, others as a network reads them. */
    private static Object numbers(IdxStream stream) throws IOException {
      byte[] example = new byte[stream.exampleBytes()];
      stream.read(example);
      IdxHeader.Type type = stream.header().type();
      if (type == IdxHeader.Type.UNSIGNED_BYTE) {
        return example;
      }
      float[] numbers = new float[stream.header().width()];
      ByteBuffer values = ByteBuffer.wrap(example);
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = (float) type.read(values);
      }
      return numbers;
    }

    private Object label() throws IOException {
      byte[] example = new byte[labels.exampleBytes()];
      labels.read(example);
      IdxHeader.Type type = labels.header().type();
      List<Object> label = new ArrayList<>();
      for (ByteBuffer values = ByteBuffer.wrap(example); values.hasRemaining(); ) {
        double value = type.read(values);
        label.add(type.isWhole() ? (Object) (long) value : (Object) (float) value);
      }
      return label.size() == 1 ? label.get(0) : label;
    }

    @Override
    public void close() throws IOException {
      images.close();
      if (labels != null) {
        labels.close();
      }
    }
  }
}
