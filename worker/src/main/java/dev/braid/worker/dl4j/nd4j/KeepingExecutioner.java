package dev.braid.worker.dl4j.nd4j;

import java.lang.ref.Reference;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BroadcastOp;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.IndexAccumulation;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.RandomOp;
import org.nd4j.linalg.api.ops.ReduceOp;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.cpu.nativecpu.ops.NativeOpExecutioner;
import org.nd4j.linalg.exception.ND4JIllegalStateException;

/**
 * ND4J's executioner, which keeps arrays that are still in use.
 *
 * <p>An operation is kept until native code is through with it. ND4J frees native memory when the
 * garbage collector finds the Java object in front of it unused, and its own executioner uses an
 * operation for the last time before it calls native code: a collection at that moment takes the
 * operation's arrays, its dimensions above all, from under the native code, which then crashes.
 *
 * <p>What was broadcast is kept from Spark, which since version 3 closes what it can when it drops
 * a broadcast: on the driver the very object, and dl4j-spark broadcasts a network's own parameters
 * to score examples by them. Whoever used the network next would read freed memory.
 */
public final class KeepingExecutioner extends NativeOpExecutioner {
  private static final String SPARKS_MEMORY = "org.apache.spark.storage.memory.";

  /** The executioner, the array, and Spark's few between them and what drops the broadcast. */
  private static final int FRAMES = 5;

  /** ND4J calls it first of all when an array is to be closed. */
  @Override
  public void commit() {
    boolean bySpark =
        StackWalker.getInstance()
            .walk(
                frames ->
                    frames
                        .limit(FRAMES)
                        .anyMatch(frame -> frame.getClassName().startsWith(SPARKS_MEMORY)));
    if (bySpark) {
      throw new ND4JIllegalStateException(
          "an array stays open that Spark has dropped a broadcast of: its memory is freed when"
              + " nothing refers to it");
    }
    super.commit();
  }

  @Override
  public INDArray exec(Op op, OpContext context) {
    return keeping(op, context, () -> super.exec(op, context));
  }

  @Override
  public INDArray exec(IndexAccumulation op, OpContext context) {
    return keeping(op, context, () -> super.exec(op, context));
  }

  @Override
  public INDArray exec(ReduceOp op, OpContext context) {
    return keeping(op, context, () -> super.exec(op, context));
  }

  @Override
  public INDArray exec(ScalarOp op, OpContext context) {
    return keeping(op, context, () -> super.exec(op, context));
  }

  @Override
  public INDArray exec(BroadcastOp op, OpContext context) {
    return keeping(op, context, () -> super.exec(op, context));
  }

  @Override
  public INDArray exec(RandomOp op, OpContext context, Random random) {
    return keeping(op, context, () -> super.exec(op, context, random));
  }

  @Override
  public INDArray[] exec(CustomOp op, OpContext context) {
    return keeping(op, context, () -> super.exec(op, context));
  }

  private static <T> T keeping(Object op, OpContext context, Supplier<T> execution) {
    try {
      return execution.get();
    } finally {
      Reference.reachabilityFence(op);
      Reference.reachabilityFence(context);
    }
  }
}
