package dev.braid.driver.training;

import dev.braid.driver.checkpoint.CheckpointPlan;
import dev.braid.driver.checkpoint.Checkpoints;
import dev.braid.driver.data.Shards;
import dev.braid.driver.data.SmallShards;
import dev.braid.driver.evaluation.Validation;
import dev.braid.driver.plan.Averaging;
import dev.braid.driver.plan.EarlyStopping;
import dev.braid.driver.plan.LocalSteps;
import dev.braid.driver.plan.OuterStep;
import dev.braid.driver.plan.ReduceOnPlateau;
import dev.braid.driver.plan.Route;
import dev.braid.driver.plan.TrainingPlan;
import dev.braid.driver.run.Checkpointing;
import dev.braid.driver.run.RunContext;
import dev.braid.driver.run.Stop;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.engine.StepContext;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.state.Blocks;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;

/**
 * A training in a JVM of its own, so that it can be killed: arguments are the folder of the
 * checkpoints, the way of the exchange, and whether examples are sequences. Says {@code in PHASE}
 * as it enters one, {@code round N} as rounds end, and at the end {@code sha256 X}.
 */
final class ResumableProcess {
  /** Rounds between two checkpoints. */
  static final int CHECKPOINT_EVERY = 2;

  private ResumableProcess() {}

  /** What a training is doing. */
  enum Phase {
    COMPUTE,
    EXCHANGE,
    EVALUATION,
    CHECKPOINT;

    void say() {
      System.out.println("in " + this);
    }
  }

  public static void main(String[] arguments) {
    Route route = Route.valueOf(arguments[1]);
    TrainingPlan plan =
        new PlanOf(2, new LocalSteps.Adaptive(2, 1, 6, 5), 16, new Adam(0.01, null, null, null))
            .earlyStopping(new EarlyStopping("loss", 100, null))
            .reduceOnPlateau(new ReduceOnPlateau("loss", 0.5, 2, null, null))
            .averaging(new Averaging(new OuterStep.SlowMo(0.5, 1.0), null, route, null, null))
            .plan();
    NetworkPlan network =
        Boolean.parseBoolean(arguments[2])
            ? Clusters.sequences(Clusters.RECURRENT)
            : Clusters.network(Clusters.NORMALISED);
    Clusters run = new Clusters(network, plan, 10, List.of(150, 100, 77, 60));
    Configuration hadoop = new Configuration();
    hadoop.setClass("fs.slow.impl", SlowDisk.class, FileSystem.class);
    Checkpointing checkpointing =
        new Checkpointing(
            new Checkpoints("slow://" + arguments[0], hadoop, 2),
            CheckpointPlan.everyRounds(CHECKPOINT_EVERY, 2),
            Map.of("training.averaging.exchange", route.name()),
            Checkpointing.FREE,
            true);
    try (SparkSession session =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", false).getOrCreate()) {
      JavaSparkContext sc = JavaSparkContext.fromSparkContext(session.sparkContext());
      sc.sc().addSparkListener(new Jobs());
      RunSpec spec =
          new RunSpec(
              new TroubledSource(run.spec().source(), ResumableProcess::compute),
              run.spec().normalisers(),
              run.batchSize(),
              run.spec().seed());
      try (Shards shards = SmallShards.of(sc, run.examples());
          Shards validation = SmallShards.of(sc, List.of(run.validation()))) {
        Trained trained =
            Training.run(
                new RunContext(session, 60, new Stop(), Optional.of(checkpointing)),
                new LearningTask(
                    shards,
                    Optional.of(new Validation(validation, run.blank())),
                    run.plan().layout(),
                    run.initial(),
                    spec),
                plan,
                new Speaking());
        System.out.println("sha256 " + sha256(trained.state().params()));
      }
    }
  }

  private static void compute(StepContext context) {
    Phase.COMPUTE.say();
    TroubledSource.sleep(3);
  }

  /** Tells from Spark's events what the driver waits for. */
  private static final class Jobs extends SparkListener {
    @Override
    public void onJobStart(SparkListenerJobStart start) {
      String description = start.properties().getProperty("spark.job.description");
      if (description != null && description.contains("validation")) {
        Phase.EVALUATION.say();
      }
    }

    /** A local pass is done: its state is on its way to the driver, or to the shuffle. */
    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      Phase.EXCHANGE.say();
    }
  }

  /** The local disk, on which all takes a while, so that a process may be killed meanwhile. */
  public static final class SlowDisk extends RawLocalFileSystem {
    private static final int MILLIS = 4;

    @Override
    public URI getUri() {
      return URI.create("slow:///");
    }

    @Override
    public FSDataOutputStream create(
        Path path,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      Phase.CHECKPOINT.say();
      OutputStream disk =
          super.create(path, overwrite, bufferSize, replication, blockSize, progress);
      return new FSDataOutputStream(
          new FilterOutputStream(disk) {
            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
              out.write(bytes, from, length);
              out.flush();
              TroubledSource.sleep(MILLIS);
            }
          },
          null);
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
      TroubledSource.sleep(MILLIS);
      return super.rename(from, to);
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
      TroubledSource.sleep(MILLIS);
      return super.delete(path, recursive);
    }
  }

  private static final class Speaking implements TrainingListener {
    @Override
    public void round(RoundReport report) {
      System.out.println("round " + report.at().round());
    }

    @Override
    public void resumed(int rounds, String from, List<String> damaged) {
      System.out.println("resumed " + rounds + " from " + from + " " + damaged);
    }
  }

  private static String sha256(Blocks params) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(params.size() * Float.BYTES));
      for (long i = 0; i < params.size(); i++) {
        bytes.putFloat(params.get(i));
      }
      return HexFormat.of().formatHex(digest.digest(bytes.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
