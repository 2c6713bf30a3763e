package dev.braid.worker.dl4j.nd4j;

import static dev.braid.worker.Check.require;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * DL4J's mini-batches as bytes: what crosses the wire and is cached, and copies faster than ND4J's
 * own format.
 *
 * <p>Little endian: magic {@code BRDS}, version, 1 for a DataSet or 2 for a MultiDataSet, then the
 * four groups features, labels, feature masks and label masks: -1 for none or the number of arrays,
 * each as -1 for none or its rank, type, order, sizes and values.
 */
public final class DataSets {
  private static final int MAGIC = 0x53445242;
  private static final int VERSION = 1;
  private static final int NONE = -1;
  private static final int SINGLE = 1;
  private static final int MULTI = 2;

  private DataSets() {}

  /** The mini-batch with the one input and output that a sequence of layers takes. */
  public static DataSet single(MultiDataSet batch) {
    require(
        batch.getFeatures().length == 1 && batch.getLabels().length == 1,
        "a MultiLayerNetwork takes 1 input and 1 output, but the mini-batch has %d and %d;"
            + " use a ComputationGraph",
        batch.getFeatures().length,
        batch.getLabels().length);
    return new DataSet(
        batch.getFeatures(0),
        batch.getLabels(0),
        only(batch.getFeaturesMaskArrays()),
        only(batch.getLabelsMaskArrays()));
  }

  private static INDArray only(INDArray[] arrays) {
    return arrays == null ? null : arrays[0];
  }

  /** The mini-batch as bytes. */
  public static byte[] encode(DataSet batch) {
    return encode(
        SINGLE,
        group(batch.getFeatures()),
        group(batch.getLabels()),
        group(batch.getFeaturesMaskArray()),
        group(batch.getLabelsMaskArray()));
  }

  /** The mini-batch as bytes. */
  public static byte[] encode(MultiDataSet batch) {
    return encode(
        MULTI,
        batch.getFeatures(),
        batch.getLabels(),
        batch.getFeaturesMaskArrays(),
        batch.getLabelsMaskArrays());
  }

  /** Whether these bytes are those of a MultiDataSet. */
  public static boolean isMulti(byte[] bytes) {
    return header(bytes) == MULTI;
  }

  /** The inverse of {@link #encode(DataSet)}. */
  public static DataSet decode(byte[] bytes) {
    ByteBuffer in = body(bytes, SINGLE);
    return new DataSet(
        only(readGroup(in, bytes)),
        only(readGroup(in, bytes)),
        only(readGroup(in, bytes)),
        only(readGroup(in, bytes)));
  }

  /** The inverse of {@link #encode(MultiDataSet)}. */
  public static MultiDataSet decodeMulti(byte[] bytes) {
    ByteBuffer in = body(bytes, MULTI);
    return new org.nd4j.linalg.dataset.MultiDataSet(
        readGroup(in, bytes), readGroup(in, bytes), readGroup(in, bytes), readGroup(in, bytes));
  }

  private static INDArray[] group(INDArray array) {
    return array == null ? null : new INDArray[] {array};
  }

  private static byte[] encode(int kind, INDArray[]... groups) {
    long size = 3 * Integer.BYTES;
    for (INDArray[] group : groups) {
      size +=
          Integer.BYTES
              + (group == null ? 0 : Arrays.stream(group).mapToLong(DataSets::size).sum());
    }
    require(size <= Integer.MAX_VALUE, "a mini-batch of %d bytes is larger than 2 GB", size);
    byte[] bytes = new byte[(int) size];
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(MAGIC).putInt(VERSION).putInt(kind);
    for (INDArray[] group : groups) {
      out.putInt(group == null ? NONE : group.length);
      for (INDArray array : group == null ? new INDArray[0] : group) {
        write(array, out, bytes);
      }
    }
    return bytes;
  }

  private static long size(INDArray array) {
    if (array == null) {
      return Integer.BYTES;
    }
    return 3L * Integer.BYTES
        + (long) array.rank() * Long.BYTES
        + array.length() * array.dataType().width();
  }

  private static void write(INDArray array, ByteBuffer out, byte[] bytes) {
    if (array == null) {
      out.putInt(NONE);
      return;
    }
    out.putInt(array.rank()).putInt(array.dataType().toInt()).putInt(array.ordering());
    for (long size : array.shape()) {
      out.putLong(size);
    }
    INDArray dense = array.dup(array.ordering());
    int length = (int) (array.length() * array.dataType().width());
    new BytePointer(dense.data().pointer()).get(bytes, out.position(), length);
    out.position(out.position() + length);
    dense.close();
  }

  private static int header(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    require(bytes.length >= 12 && in.getInt() == MAGIC, "these bytes are not a mini-batch");
    int version = in.getInt();
    require(version == VERSION, "a mini-batch of version %d; this is version %d", version, VERSION);
    return in.getInt();
  }

  private static ByteBuffer body(byte[] bytes, int kind) {
    require(header(bytes) == kind, "a mini-batch of kind %d, expected %d", header(bytes), kind);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(12);
  }

  private static INDArray[] readGroup(ByteBuffer in, byte[] bytes) {
    int count = in.getInt();
    if (count == NONE) {
      return null;
    }
    INDArray[] group = new INDArray[count];
    for (int i = 0; i < count; i++) {
      group[i] = read(in, bytes);
    }
    return group;
  }

  private static INDArray read(ByteBuffer in, byte[] bytes) {
    int rank = in.getInt();
    if (rank == NONE) {
      return null;
    }
    DataType type = DataType.fromInt(in.getInt());
    char order = (char) in.getInt();
    long[] shape = new long[rank];
    for (int i = 0; i < rank; i++) {
      shape[i] = in.getLong();
    }
    INDArray array = Nd4j.createUninitialized(type, shape, order);
    int length = (int) (array.length() * type.width());
    new BytePointer(array.data().pointer()).put(bytes, in.position(), length);
    in.position(in.position() + length);
    return array;
  }
}
