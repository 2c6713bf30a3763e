package dev.braid.driver.dl4j;

import dev.braid.driver.dl4j.AveragingStats.Phase;
import dev.braid.driver.dl4j.batches.DealtBatches;
import dev.braid.driver.dl4j.fit.Trainee;
import dev.braid.driver.exchange.Diverged;
import dev.braid.driver.exchange.Exchange;
import dev.braid.driver.exchange.Round;
import dev.braid.driver.run.RunJobs;
import dev.braid.driver.run.Stop;
import dev.braid.worker.dl4j.network.Dl4jModel;
import dev.braid.worker.engine.LocalPass;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pass over the user's mini-batches by rounds of an exchange.
 *
 * @param <B> a worker's mini-batches, see {@link dev.braid.driver.dl4j.fit.FitEngine}
 */
final class AveragingRun<B> {
  private static final Logger LOG = LoggerFactory.getLogger(AveragingRun.class);

  /** A round takes minutes; what takes a day hangs. */
  private static final double ROUND_MINUTES = 24 * 60;

  private final JavaSparkContext sc;
  private final AveragingPlan plan;
  private final Trainee<B> trainee;
  private final DealtBatches<B> batches;
  private final AveragingStats stats;

  AveragingRun(
      JavaSparkContext sc,
      AveragingPlan plan,
      Trainee<B> trainee,
      DealtBatches<B> batches,
      AveragingStats stats) {
    this.sc = sc;
    this.plan = plan;
    this.trainee = trainee;
    this.batches = batches;
    this.stats = stats;
  }

  /**
   * Trains the network in place, its updater and counters too.
   *
   * @param spec says how to build the network's replicas
   * @return the last round's mean loss over its examples; NaN or infinite where a round went wrong,
   *     which is not taken over and ends the pass
   */
  double train(Dl4jModel model, Broadcast<byte[]> spec) {
    State state = trainee.read();
    List<Blocks> memory =
        plan.saveUpdater() ? List.of() : state.slots().stream().map(Blocks::copy).toList();
    double loss = model.network().score();
    int iteration = model.iteration();
    try (RunJobs jobs = new RunJobs(sc, ROUND_MINUTES, new Stop())) {
      Exchange exchange = new FitExchange<>(jobs, spec, batches, trainee, stats);
      for (int done = 0; done < batches.longest(); done += plan.averagingFrequency()) {
        Exchange.Totals totals =
            exchange.run(state, round(done, iteration, model.epoch())).totals();
        loss = totals.loss();
        iteration += totals.longestPass();
        for (int i = 0; i < memory.size(); i++) {
          state.slots().get(i).copyFrom(memory.get(i));
        }
        trainee.afterRound(state, iteration, loss);
      }
    } catch (Diverged e) {
      loss = e.loss();
      LOG.error(
          "{}: the network keeps the state before it, its score is {}; try a smaller learning rate",
          e.getMessage(),
          loss);
    }
    trainee.write(state);
    model.count(iteration, model.epoch());
    return loss;
  }

  /** The round of the workers that have more mini-batches than those done. */
  private Round round(int done, int iteration, int epoch) {
    long begin = System.nanoTime();
    List<Integer> workers =
        IntStream.range(0, plan.workers())
            .filter(worker -> done < batches.count(worker))
            .boxed()
            .toList();
    stats.add(Phase.REPARTITION, begin);
    int steps = plan.averagingFrequency();
    LocalPass.Counts counts = new LocalPass.Counts(iteration, 1, iteration);
    return new Round(
        epoch,
        done / steps,
        Double.NaN, // each parameter's is what DL4J's updater says
        workers.stream().map(worker -> new Round.Share(worker, worker)).toList(),
        workers.stream()
            .map(worker -> new LocalPass(epoch, worker, done, steps, counts, 1))
            .toList());
  }
}
