package dev.braid.driver.dl4j.fit;

import dev.braid.driver.dl4j.batches.DealtBatches;
import dev.braid.worker.dl4j.nd4j.DataSets;
import dev.braid.worker.dl4j.nd4j.Free;
import dev.braid.worker.dl4j.network.Dl4jArchitecture;
import dev.braid.worker.dl4j.network.Dl4jModel;
import dev.braid.worker.dl4j.network.Dl4jReplica;
import dev.braid.worker.engine.LocalPass;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.random.RandomStream;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.util.ArrayList;
import org.apache.spark.api.java.JavaRDD;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.TrainingHook;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** DL4J itself: a step is its {@code fit}, whatever the network, with hooks and listeners. */
public final class Dl4jFit implements FitEngine<byte[][]> {
  @Override
  public void requireTrains(Dl4jModel model, Callbacks callbacks) {}

  @Override
  public DealtBatches<byte[][]> keep(JavaRDD<byte[][]> dealt) {
    return DealtBatches.asBytes(dealt);
  }

  @Override
  public Trainee<byte[][]> trainee(
      Dl4jModel model, DealtBatches<byte[][]> batches, Callbacks callbacks) {
    return new Network(new Dl4jReplica(model, null), callbacks);
  }

  private record Network(Dl4jReplica replica, Callbacks callbacks) implements Trainee<byte[][]> {
    @Override
    public ReplicaSource source() {
      return Dl4jArchitecture.of(replica.model()).replicas();
    }

    @Override
    public StateLayout layout() {
      return replica.layout();
    }

    @Override
    public State read() {
      State state = replica.newState();
      replica.read(state);
      return state;
    }

    @Override
    public void write(State state) {
      replica.load(state);
    }

    @Override
    public FitSteps<byte[][]> steps() {
      boolean routed = callbacks.storage() != null;
      return new Steps(
          new ArrayList<>(callbacks.hooks()), new WorkerListeners(callbacks.listeners(), routed));
    }

    @Override
    public void hear(WorkerListeners.Heard heard) {
      if (callbacks.storage() != null) {
        heard.route(callbacks.storage());
      }
    }
  }

  private record Steps(ArrayList<TrainingHook> hooks, WorkerListeners listeners)
      implements FitSteps<byte[][]> {
    @Override
    public Done fit(
        Replica replica, byte[][] batches, LocalPass pass, long seed, WorkerTimes times) {
      Dl4jModel model = ((Dl4jReplica) replica).model();
      int iteration = Math.toIntExact(pass.counts().updates());
      model.count(iteration, pass.epoch());
      WorkerListeners.Session session = listeners.attach(model.network(), pass.shard());
      long examples = 0;
      double lossSum = 0;
      for (int i = pass.cursor(); i < FitSteps.end(pass, batches.length); i++) {
        Dl4jReplica.seed(RandomStream.DL4J_STEP.key(seed, iteration, pass.shard(), i));
        long size = step(model, batches[i], times);
        examples += size;
        lossSum += size * model.network().score();
      }
      return Done.of(model.iteration() - iteration, examples, lossSum, session.detach());
    }

    /** One step with its hooks; returns the number of examples. */
    private long step(Dl4jModel model, byte[] bytes, WorkerTimes times) {
      long begin = System.nanoTime();
      boolean multi = DataSets.isMulti(bytes);
      DataSet single = multi ? null : DataSets.decode(bytes);
      MultiDataSet several = multi ? DataSets.decodeMulti(bytes) : null;
      if (single != null && model.network() instanceof ComputationGraph) {
        several = single.toMultiDataSet(); // hooks on graphs get these, as in dl4j-spark
      }
      times.decoded(begin);
      long decoded = System.nanoTime();
      long size = several == null ? step(model, single) : step(model, several);
      times.stepped(decoded, size);
      return size;
    }

    private long step(Dl4jModel model, DataSet batch) {
      hooks.forEach(hook -> hook.preUpdate(batch, model.network()));
      model.fit(batch);
      hooks.forEach(hook -> hook.postUpdate(batch, model.network()));
      long size = batch.getFeatures().size(0);
      if (isUnseen()) {
        Free.batch(batch);
      }
      return size;
    }

    private long step(Dl4jModel model, MultiDataSet batch) {
      hooks.forEach(hook -> hook.preUpdate(batch, model.network()));
      model.fit(batch);
      hooks.forEach(hook -> hook.postUpdate(batch, model.network()));
      long size = batch.getFeatures(0).size(0);
      if (isUnseen()) {
        Free.batch(batch);
      }
      return size;
    }

    /** Whether no code of the user's has seen, and may have kept, the arrays of a mini-batch. */
    private boolean isUnseen() {
      return hooks.isEmpty() && listeners.isNone();
    }
  }
}
