package dev.braid.driver.dl4j.fit;

import static dev.braid.worker.Check.require;

import dev.braid.driver.dl4j.batches.DealtBatches;
import dev.braid.driver.dl4j.batches.RowBatches;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.dl4j.conversion.LabelledRows;
import dev.braid.worker.dl4j.conversion.TorchConversion;
import dev.braid.worker.dl4j.network.Dl4jModel;
import dev.braid.worker.engine.LocalPass;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.engine.StepContext;
import dev.braid.worker.random.RandomStream;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import org.apache.spark.api.java.JavaRDD;

/**
 * libtorch, on networks that have a {@link TorchConversion}. Workers have no DL4J network:
 * listeners are called on the driver, after each round, with the averaged one.
 */
public final class TorchFit implements FitEngine<RowBatches> {
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
    public void afterRound(State state, int iteration, double loss) {
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
        Replica replica, RowBatches batches, LocalPass pass, long seed, WorkerTimes times) {
      long examples = 0;
      double lossSum = 0;
      int steps = FitSteps.end(pass, batches.size()) - pass.cursor();
      for (int done = 0; done < steps; done++) {
        int i = pass.cursor() + done;
        long iteration = pass.counts().updates() + done;
        long key = RandomStream.DL4J_STEP.key(seed, pass.counts().updates(), pass.shard(), i);
        long begin = System.nanoTime();
        MiniBatch batch = rows.miniBatch(batches.get(i));
        times.decoded(begin);
        long decoded = System.nanoTime();
        double loss = replica.step(batch, new StepContext(pass.epoch(), iteration, iteration, key));
        times.stepped(decoded, batch.size());
        examples += batch.size();
        lossSum += batch.size() * loss;
      }
      return Done.of(steps, examples, lossSum, NOTHING);
    }
  }
}
