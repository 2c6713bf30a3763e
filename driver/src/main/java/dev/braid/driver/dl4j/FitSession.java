package dev.braid.driver.dl4j;

import dev.braid.driver.dl4j.AveragingStats.Phase;
import dev.braid.driver.dl4j.batches.DealtBatches;
import dev.braid.driver.dl4j.fit.Callbacks;
import dev.braid.driver.dl4j.fit.FitEngine;
import dev.braid.driver.dl4j.fit.Trainee;
import dev.braid.driver.run.ReplicaPool;
import dev.braid.worker.dl4j.network.Dl4jModel;
import dev.braid.worker.engine.RunSpec;
import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * What an {@link AveragingMaster} keeps from one fit to the next: the mini-batches of the RDD it
 * has fitted last, and the networks on the executors, as long as the configuration stays the same.
 *
 * @param <B> see {@link FitEngine}
 */
final class FitSession<B> implements AutoCloseable {
  private final FitEngine<B> engine;
  private JavaRDD<?> dealtFrom;
  private DealtBatches<B> dealt;
  private RunSpec spec;
  private Broadcast<byte[]> sentSpec;

  FitSession(FitEngine<B> engine) {
    this.engine = engine;
  }

  /**
   * Trains the network on one pass over the data.
   *
   * @param data which data that is; it may be dealt already
   * @param dealing deals it
   * @return the last round's loss; the network's own where there is no data
   */
  double fit(
      Dl4jModel model,
      AveragingPlan plan,
      JavaRDD<?> data,
      Supplier<JavaRDD<byte[][]>> dealing,
      Callbacks callbacks,
      AveragingStats stats) {
    long begin = System.nanoTime();
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(data.context());
    engine.requireTrains(model, callbacks);
    deal(data, dealing, stats);
    if (dealt.longest() == 0) {
      return model.network().score();
    }
    long dealtAt = System.nanoTime();
    Trainee<B> trainee = engine.trainee(model, dealt, callbacks);
    RunSpec wanted = new RunSpec(trainee.source(), List.of(), 1, plan.seed());
    Broadcast<byte[]> spec = send(sc, wanted);
    stats.add(Phase.SPLIT, dealtAt);
    double loss = new AveragingRun<>(sc, plan, trainee, dealt, stats).train(model, spec);
    stats.add(Phase.FIT, begin);
    return loss;
  }

  private void deal(JavaRDD<?> data, Supplier<JavaRDD<byte[][]>> dealing, AveragingStats stats) {
    long begin = System.nanoTime();
    if (dealt != null && dealtFrom == data) {
      stats.add(Phase.COUNT, begin);
      return;
    }
    freeBatches();
    JavaRDD<byte[][]> numbered = dealing.get();
    stats.add(Phase.COUNT, begin);
    long counted = System.nanoTime();
    dealt = engine.keep(numbered);
    dealtFrom = data;
    stats.add(Phase.EXPORT, counted);
  }

  private Broadcast<byte[]> send(JavaSparkContext sc, RunSpec wanted) {
    if (!wanted.equals(spec)) {
      freeReplicas();
      spec = wanted;
      sentSpec = ReplicaPool.begin(sc, wanted);
    }
    return sentSpec;
  }

  /** Frees the mini-batches and the networks kept on the executors. */
  @Override
  public void close() {
    freeBatches();
    freeReplicas();
  }

  private void freeBatches() {
    if (dealt != null) {
      dealt.close();
      dealt = null;
      dealtFrom = null;
    }
  }

  private void freeReplicas() {
    if (sentSpec != null) {
      ReplicaPool.end(sentSpec);
      sentSpec = null;
      spec = null;
    }
  }
}
