package dev.braid.driver.run;

import dev.braid.worker.data.Shard;
import java.io.Serializable;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import scala.Function2;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/**
 * The Spark jobs of one run, one at a time: each has a deadline, can be called off, and says what
 * failed first when it fails. Other jobs of the same SparkContext are left alone.
 */
public final class RunJobs implements AutoCloseable {
  private static final List<String> GROUP_PROPERTIES =
      List.of("spark.jobGroup.id", "spark.job.description", "spark.job.interruptOnCancel");

  /** For jobs that may take as long as they need. */
  public static final double NO_DEADLINE = Double.POSITIVE_INFINITY;

  private static final long MILLIS_BETWEEN_LOOKS = 50;

  private final JavaSparkContext sc;
  private final double minutes;
  private final Stop stop;
  private final String group = "braid " + UUID.randomUUID();
  private final FirstFailure failure = new FirstFailure(group);
  private final ScheduledThreadPoolExecutor clock;

  /**
   * @param minutes each job may take
   * @param stop calls the jobs off when asked
   */
  public RunJobs(JavaSparkContext sc, double minutes, Stop stop) {
    this.sc = sc;
    this.minutes = minutes;
    this.stop = stop;
    this.clock = new ScheduledThreadPoolExecutor(1, RunJobs::daemon);
    clock.setRemoveOnCancelPolicy(true);
    sc.sc().addSparkListener(failure);
  }

  /**
   * Waits until some executor has done a first, empty task: Spark by itself waits for one without
   * end.
   *
   * @param minutes to wait at most
   * @throws JobFailed when none has come in time, or none can work
   * @throws Stopped when the run was asked to stop
   */
  public static void requireExecutor(JavaSparkContext sc, double minutes, Stop stop) {
    try (RunJobs jobs = new RunJobs(sc, minutes, stop)) {
      jobs.run(
          sc.parallelize(List.of(0), 1).rdd(),
          new Nothing(),
          List.of(0),
          (index, result) -> {},
          "before the first round",
          () -> "a first executor of " + sc.master());
    } catch (CalledOff e) {
      throw new Stopped("stopped before the first round");
    }
  }

  private static final class Nothing
      extends AbstractFunction2<TaskContext, Iterator<Integer>, byte[][]> implements Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public byte[][] apply(TaskContext context, Iterator<Integer> values) {
      return new byte[0][];
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "braid deadlines");
    thread.setDaemon(true);
    return thread;
  }

  public JavaSparkContext sc() {
    return sc;
  }

  /**
   * Runs {@code task} on the shards of these numbers only: the others are neither read nor looked
   * at.
   *
   * @param description what a person reads in the Spark UI
   * @return the results in the order of {@code numbers}, whoever was ready first
   * @throws JobFailed when the executors could not do it in time, or at all
   * @throws CalledOff when the run was asked to stop
   */
  public byte[][][] run(
      JavaRDD<Shard> shards, List<Integer> numbers, ShardTask task, String description) {
    byte[][][] results = new byte[numbers.size()][][];
    run(
        shards.rdd(),
        task,
        numbers,
        (index, result) -> results[index] = result,
        description,
        () -> "shards " + missing(results, numbers));
    return results;
  }

  private static String missing(byte[][][] results, List<Integer> numbers) {
    return IntStream.range(0, results.length)
        .filter(i -> results[i] == null)
        .mapToObj(i -> String.valueOf(numbers.get(i)))
        .collect(Collectors.joining(", "));
  }

  /** Takes over a partition's result; its place among those asked for comes first. */
  public interface Sink {
    void accept(int index, byte[][] result);
  }

  /**
   * Runs {@code task} on the partitions of these numbers.
   *
   * @param waitedFor names what has not come yet
   */
  public <T> void run(
      RDD<T> rdd,
      Function2<TaskContext, Iterator<T>, byte[][]> task,
      List<Integer> partitions,
      Sink sink,
      String description,
      Supplier<String> waitedFor) {
    call(
        description,
        waitedFor,
        () -> {
          sc.sc()
              .runJob(
                  rdd,
                  task,
                  boxed(partitions),
                  new Store(sink),
                  ClassTag$.MODULE$.apply(byte[][].class));
          return null;
        });
  }

  /**
   * Does work whose Spark jobs, started by this thread one after the other, have one name and one
   * deadline.
   *
   * @param waitedFor says what has not come yet
   * @throws JobFailed when the executors could not do it in time, or at all
   * @throws CalledOff when the run was asked to stop
   */
  public <T> T call(String description, Supplier<String> waitedFor, Supplier<T> work) {
    if (stop.isRequested()) {
      throw new CalledOff(null);
    }
    List<String> before = GROUP_PROPERTIES.stream().map(sc::getLocalProperty).toList();
    AtomicBoolean late = new AtomicBoolean();
    sc.setJobGroup(group, description);
    ScheduledFuture<?> watch = watch(late);
    try {
      return work.get();
    } catch (Exception e) { // Scala's methods do not say what they throw
      throw translated(e, late.get(), description, waitedFor.get());
    } finally {
      watch.cancel(false);
      for (int i = 0; i < before.size(); i++) {
        sc.setLocalProperty(GROUP_PROPERTIES.get(i), before.get(i));
      }
    }
  }

  /**
   * Cancels what is late or called off, again and again: the next of several jobs may begin late.
   */
  private ScheduledFuture<?> watch(AtomicBoolean late) {
    long begin = System.nanoTime();
    return clock.scheduleWithFixedDelay(
        () -> {
          if (System.nanoTime() - begin > minutes * 60e9) {
            late.set(true);
          }
          if (late.get() || stop.isRequested()) {
            sc.cancelJobGroup(group);
          }
        },
        MILLIS_BETWEEN_LOOKS,
        MILLIS_BETWEEN_LOOKS,
        TimeUnit.MILLISECONDS);
  }

  private RuntimeException translated(
      Exception e, boolean late, String description, String waitedFor) {
    if (stop.isRequested()) {
      return new CalledOff(e);
    }
    if (late) {
      return new JobFailed(
          "%s: waited %s minutes for %s; see whether executors are there and alive, or set training.roundMinutes"
              .formatted(description, minutes, waitedFor),
          e);
    }
    try {
      sc.sc().listenerBus().waitUntilEmpty(2000);
    } catch (TimeoutException busy) {
      // Then what failed first is not known yet.
    }
    String first = failure.sentence().orElse(String.valueOf(e.getMessage()));
    return new JobFailed(description + " failed " + first, e);
  }

  @Override
  public void close() {
    clock.shutdownNow();
    sc.sc().removeSparkListener(failure);
  }

  private static Seq<Object> boxed(List<Integer> numbers) {
    List<Object> boxed = numbers.stream().map(n -> (Object) n).collect(Collectors.toList());
    return JavaConverters.asScalaBuffer(boxed).toSeq();
  }

  private static final class Store extends AbstractFunction2<Object, byte[][], BoxedUnit> {
    private final Sink sink;

    Store(Sink sink) {
      this.sink = sink;
    }

    @Override
    public BoxedUnit apply(Object index, byte[][] result) {
      sink.accept((Integer) index, result);
      return BoxedUnit.UNIT;
    }
  }
}
