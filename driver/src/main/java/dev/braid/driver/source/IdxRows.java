package dev.braid.driver.source;

import dev.braid.worker.data.RowLayout;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.data.Task;
import dev.braid.worker.format.IdxHeader;
import dev.braid.worker.format.IdxStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.spark.input.PortableDataStream;

/** The examples of a pair of IDX files, encoded. What cannot be read becomes a problem. */
final class IdxRows implements Iterator<byte[]> {
  private final IdxStream images;
  private final IdxStream labels;
  private final RowLayout layout;
  private final int rowBytes;
  private final Labels known;
  private final Problems problems;
  private final Map<Integer, Integer> classes = new HashMap<>();
  private final byte[] image;
  private final byte[] label;
  private byte[] next;

  private IdxRows(
      IdxStream images, IdxStream labels, RowLayout layout, Labels known, Problems problems) {
    this.images = images;
    this.labels = labels;
    this.layout = layout;
    this.rowBytes = layout.numBytes();
    this.known = known;
    this.problems = problems;
    this.image = new byte[images.exampleBytes()];
    this.label = new byte[labels.exampleBytes()];
    known.indices().forEach((name, i) -> classes.put(Integer.valueOf(name), i));
    this.next = advance();
  }

  static Iterator<byte[]> of(
      PortableDataStream images,
      PortableDataStream labels,
      RowLayout layout,
      Labels known,
      Problems problems)
      throws IOException {
    return new IdxRows(
        new IdxStream(images.open(), images.getPath()),
        new IdxStream(labels.open(), labels.getPath()),
        layout,
        known,
        problems);
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public byte[] next() {
    if (next == null) {
      throw new NoSuchElementException();
    }
    byte[] result = next;
    next = advance();
    return result;
  }

  /** The next example that is sound; null after the last. */
  private byte[] advance() {
    try {
      while (images.numRead() < images.header().count()) {
        images.read(image);
        labels.read(label);
        ByteBuffer row = ByteBuffer.allocate(rowBytes);
        putImage(row);
        if (putLabel(row)) {
          return row.array();
        }
      }
      images.close();
      labels.close();
    } catch (IllegalArgumentException e) {
      problems.add(new Problem(images.name(), e.getMessage()));
    } catch (IOException e) {
      problems.add(new Problem(images.name(), "cannot be read: " + e.getMessage()));
    }
    return null;
  }

  private void putImage(ByteBuffer row) {
    if (layout.inputs().get(0).kind() == Kind.BYTE) {
      row.put(image);
      return;
    }
    IdxHeader.Type type = images.header().type();
    for (ByteBuffer values = ByteBuffer.wrap(image); values.hasRemaining(); ) {
      row.putFloat((float) type.read(values));
    }
  }

  private boolean putLabel(ByteBuffer row) {
    IdxHeader.Type type = labels.header().type();
    for (ByteBuffer values = ByteBuffer.wrap(label); values.hasRemaining(); ) {
      double value = type.read(values);
      if (known.task() == Task.CLASSIFICATION) {
        Integer index = classes.get((int) value);
        if (index == null) {
          problems.add(
              new Problem(
                  "%s, row %d".formatted(labels.name(), labels.numRead()),
                  known.unknown(String.valueOf((int) value))));
          return false;
        }
        row.putFloat(index);
      } else {
        row.putFloat((float) value);
      }
    }
    return true;
  }
}
