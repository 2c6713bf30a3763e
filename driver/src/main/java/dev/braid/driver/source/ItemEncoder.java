package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.RowLayout;
import dev.braid.worker.data.RowLayout.Kind;
import java.io.Serializable;
import java.nio.ByteBuffer;

/** Encodes rows that were read as they are for scoring: their numbers, and their label's. */
final class ItemEncoder implements Encoder<Placed<Item>> {
  private final boolean bytes;
  private final int rowBytes;
  private final LabelCoder labels;
  private final Place place;

  /** How messages name a row. */
  interface Place extends Serializable {
    String of(Placed<Item> row);
  }

  /**
   * @param layout of one input and one label
   */
  ItemEncoder(RowLayout layout, Labels labels, Place place) {
    this.bytes = layout.inputs().get(0).kind() == Kind.BYTE;
    this.rowBytes = layout.numBytes();
    this.labels = new LabelCoder(labels);
    this.place = place;
  }

  @Override
  public byte[] encode(Placed<Item> row) {
    require(!row.isBroken(), "%s", row.problem());
    Item item = row.value();
    ByteBuffer example = ByteBuffer.allocate(rowBytes);
    for (float number : item.input()) {
      if (bytes) {
        example.put((byte) number);
      } else {
        example.putFloat(number);
      }
    }
    return example.putFloat(labels.code(item.label(), "label")).array();
  }

  @Override
  public String place(Placed<Item> row) {
    return place.of(row);
  }
}
