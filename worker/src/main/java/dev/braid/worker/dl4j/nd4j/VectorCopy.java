package dev.braid.worker.dl4j.nd4j;

import static dev.braid.worker.Check.require;

import dev.braid.worker.state.Blocks;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Copies a stretch of an ND4J vector to or from one of our vectors.
 *
 * @param from first float in the ND4J vector
 * @param to first float in ours
 * @param length floats
 */
public record VectorCopy(long from, long to, long length) {

  /** Floats copied at a time. */
  private static final int CHUNK = 1 << 16;

  /** All of both. */
  public static VectorCopy whole(INDArray array) {
    return new VectorCopy(0, 0, array.length());
  }

  /** A copy of the array as one of our vectors. */
  public static Blocks blocks(INDArray array) {
    Blocks blocks = Blocks.zeros(array.length());
    whole(array).read(array, blocks);
    return blocks;
  }

  /** Copies from ours into ND4J's. */
  public void load(Blocks ours, INDArray theirs) {
    float[] chunk = new float[(int) Math.min(CHUNK, length)];
    FloatPointer pointer = pointer(theirs);
    for (long done = 0; done < length; done += chunk.length) {
      int part = (int) Math.min(chunk.length, length - done);
      ours.read(to + done, chunk, part);
      pointer.position(from + done).put(chunk, 0, part);
    }
  }

  /** Copies from ND4J's into ours. */
  public void read(INDArray theirs, Blocks ours) {
    float[] chunk = new float[(int) Math.min(CHUNK, length)];
    FloatPointer pointer = pointer(theirs);
    for (long done = 0; done < length; done += chunk.length) {
      int part = (int) Math.min(chunk.length, length - done);
      pointer.position(from + done).get(chunk, 0, part);
      ours.write(to + done, chunk, part);
    }
  }

  private static FloatPointer pointer(INDArray array) {
    require(
        array.dataType() == DataType.FLOAT,
        "the network computes in %s, but Braid averages single precision;"
            + " set dataType(DataType.FLOAT) in its configuration",
        array.dataType());
    return new FloatPointer(array.data().pointer());
  }
}
