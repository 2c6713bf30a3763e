package dev.braid.driver.dl4j;

import static dev.braid.worker.Check.require;

import dev.braid.driver.dl4j.FitTask.Fitted;
import dev.braid.driver.dl4j.FitTask.Turn;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.dl4j.conversion.LabelledRows;
import dev.braid.worker.dl4j.conversion.TorchConversion;
import dev.braid.worker.dl4j.network.Dl4jModel;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.engine.StepContext;
import dev.braid.worker.random.RandomStream;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;

/**
 * libtorch, on networks that have a {@link TorchConversion}. Workers have no DL4J network:
 * listeners are called on the driver, after each round, with the averaged one.
 */
final class TorchFit implements FitEngine<RowBatches> {
  @Override
  public void requireTrains(Dl4jModel model, Callbacks callbacks) {
    require(
        callbacks.hooks().isEmpty(),
        "hooks are called with each worker's DL4J network, which there is none of on engine torch;"
            + " leave engine(Engine.TORCH) away");
    callbacks.listeners().forEach(RoundListeners::requireRoundsSuffice);
    TorchConversion.requireTrains(model);
  }

  @Override
  public DealtBatches<RowBatches> keep(JavaRDD<byte[][]> dealt) {
    return DealtBatches.asRows(dealt);
  }

  @Override
  public Trainee<RowBatches> trainee(
      Dl4jModel model, DealtBatches<RowBatches> batches, Callbacks callbacks) {
    TorchConversion converted =
        TorchConversion.of(model, LabelledRows.input(batches.forms().get(0)));
    batches.forms().forEach(converted.rows()::requireFit);
    return new Network(model, converted, new RoundListeners(callbacks));
  }

  private record Network(Dl4jModel model, TorchConversion converted, RoundListeners listeners)
      implements Trainee<RowBatches> {
    @Override
    public ReplicaSource source() {
      return converted.source();
    }

    @Override
    public StateLayout layout() {
      return converted.layout();
    }

    @Override
    public State read() {
      return converted.read();
    }

    @Override
    public void write(State state) {
      converted.write(state);
    }

    @Override
    public FitSteps<RowBatches> steps() {
      return new Steps(converted.rows());
    }

    @Override
    public void afterRound(State state, List<Fitted> fitted, int iteration, double loss) {
      if (!listeners.isNone()) {
        converted.write(state);
        model.count(iteration, model.epoch());
        model.score(loss);
        listeners.roundDone(model.network(), iteration, model.epoch());
      }
    }
  }

  private record Steps(LabelledRows rows) implements FitSteps<RowBatches> {
    private static final byte[] NOTHING = new byte[0];

    @Override
    public Done fit(
        Replica replica, RowBatches batches, Turn turn, long seed, int worker, WorkerTimes times) {
      long examples = 0;
      double lossSum = 0;
      int iteration = turn.iteration();
      for (int i = turn.cursor(); i < turn.end(batches.size()); i++) {
        long key = RandomStream.DL4J_STEP.key(seed, turn.iteration(), worker, i);
        long begin = System.nanoTime();
        MiniBatch batch = rows.miniBatch(batches.get(i));
        times.decoded(begin);
        long decoded = System.nanoTime();
        double loss = replica.step(batch, new StepContext(turn.epoch(), iteration, iteration, key));
        times.stepped(decoded, batch.size());
        iteration++;
        examples += batch.size();
        lossSum += batch.size() * loss;
      }
      return new Done(examples, lossSum, iteration, NOTHING);
    }
  }
}
