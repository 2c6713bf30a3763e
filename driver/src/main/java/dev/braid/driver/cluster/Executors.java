package dev.braid.driver.cluster;

import dev.braid.worker.machine.ProcessFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** The executors of a cluster, as they describe themselves. */
public final class Executors {
  private static final int MILLIS_BETWEEN_LOOKS = 200;

  /** How long a task stays, so that the next one goes to another core. */
  private static final int MILLIS_OF_A_TASK = 100;

  private Executors() {}

  /**
   * One executor.
   *
   * @param id Spark's name for it
   * @param spark version of Spark on its classpath
   * @param scala version of Scala on its classpath
   * @param process its JVM and machine
   */
  public record Facts(String id, String spark, String scala, ProcessFacts process) {}

  /** The versions on this JVM's classpath, as those of an executor. */
  public static Facts here() {
    return new Facts("driver", sparkVersion(), scalaVersion(), ProcessFacts.here());
  }

  /**
   * Asks each executor; waits until as many as expected are there.
   *
   * @param expected executors; in local mode the driver's JVM is the only one
   * @param seconds to wait at most; those that have not answered then are missing in the result
   */
  public static List<Facts> ask(SparkSession spark, int expected, int seconds) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    await(spark, expected, seconds);
    Map<String, Facts> byId = new TreeMap<>();
    while (byId.size() < Math.max(1, numRegistered(sc.sc())) && System.nanoTime() < deadline) {
      for (String[] answer : answers(sc, deadline - System.nanoTime())) {
        ProcessFacts process = ProcessFacts.of(answer[3]);
        byId.putIfAbsent(answer[0], new Facts(answer[0], answer[1], answer[2], process));
      }
    }
    return new ArrayList<>(byId.values());
  }

  /** Waits until so many executors have reported, or the time is over. */
  public static void await(SparkSession spark, int expected, int seconds) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (numRegistered(spark.sparkContext()) < expected && System.nanoTime() < deadline) {
      pause(MILLIS_BETWEEN_LOOKS);
    }
  }

  /** Executors that have reported to the driver. */
  private static int numRegistered(SparkContext sc) {
    int all = sc.statusTracker().getExecutorInfos().length; // the driver among them
    return sc.isLocal() ? all : all - 1;
  }

  /** How many executors the settings ask for; 1 where they leave it to the cluster. */
  public static int expected(SparkSession spark) {
    SparkContext sc = spark.sparkContext();
    String master = sc.master();
    if (master.startsWith("local-cluster[")) {
      return Integer.parseInt(master.replaceAll("local-cluster\\[\\s*(\\d+).*", "$1"));
    }
    return sc.isLocal() ? 1 : Math.max(1, sc.getConf().getInt("spark.executor.instances", 1));
  }

  private static List<String[]> answers(JavaSparkContext sc, long nanos) {
    int numTasks = 2 * Math.max(sc.defaultParallelism(), numRegistered(sc.sc()));
    List<Integer> numbers = IntStream.range(0, numTasks).boxed().toList();
    sc.setJobDescription("ask each executor what it is");
    JavaFutureAction<List<String[]>> action =
        sc.parallelize(numbers, numTasks).map(number -> answer()).collectAsync();
    try {
      return action.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      action.cancel(true);
      return List.of();
    } catch (ExecutionException e) {
      throw new IllegalStateException(String.valueOf(e.getCause().getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while executors were asked", e);
    } finally {
      sc.setJobDescription(null);
    }
  }

  /** On an executor. */
  private static String[] answer() {
    pause(MILLIS_OF_A_TASK);
    return new String[] {
      SparkEnv.get().executorId(), sparkVersion(), scalaVersion(), ProcessFacts.here().toJson()
    };
  }

  private static String sparkVersion() {
    return org.apache.spark.package$.MODULE$.SPARK_VERSION();
  }

  private static String scalaVersion() {
    return scala.util.Properties.versionNumberString();
  }

  private static void pause(int millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
