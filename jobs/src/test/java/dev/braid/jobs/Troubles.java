package dev.braid.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.ExecutorAllocationClient;
import org.apache.spark.FetchFailed;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.ExecutorDecommissionInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import scala.Option;
import scala.collection.JavaConverters;

/**
 * What befalls a run, one thing after the other, some jobs of Spark's apart. Spark makes one
 * itself: {@code spark.extraListeners}; so what it does and what it has seen is held here for all.
 */
public final class Troubles extends SparkListener {
  /** How long an executor stands still: longer than any task of the test works. */
  private static final int STILL_SECONDS = 5;

  /** What a worker calls the folders that it gives to an executor. */
  private static final String FOLDERS = "SPARK_EXECUTOR_DIRS=";

  /** One thing that befalls a run. */
  interface Trouble {
    void befall() throws IOException, InterruptedException;
  }

  private static final Deque<Trouble> AHEAD = new ArrayDeque<>();
  private static final List<String> SEEN = Collections.synchronizedList(new ArrayList<>());
  private static int jobsBetween;

  private int jobs;
  private volatile Thread befalling;
  private static volatile boolean losingShuffleFiles;

  /**
   * What is to come.
   *
   * @param jobsBetween of Spark's, between two troubles
   */
  static void plan(int jobsBetween, Trouble... troubles) {
    AHEAD.clear();
    AHEAD.addAll(List.of(troubles));
    SEEN.clear();
    losingShuffleFiles = false;
    Troubles.jobsBetween = jobsBetween;
  }

  /** What has been seen, in words, in order. */
  static List<String> seen() {
    synchronized (SEEN) {
      return List.copyOf(SEEN);
    }
  }

  /** How many of the planned troubles have not come. */
  static int numAhead() {
    return AHEAD.size();
  }

  @Override
  public synchronized void onJobEnd(SparkListenerJobEnd end) {
    boolean busy = befalling != null && befalling.isAlive();
    if (!busy && ++jobs % jobsBetween == 0 && !AHEAD.isEmpty()) {
      Trouble next = AHEAD.remove();
      befalling = new Thread(() -> befall(next), "trouble");
      befalling.start();
    }
  }

  private static void befall(Trouble trouble) {
    try {
      trouble.befall();
    } catch (IOException e) {
      SEEN.add("a trouble failed: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    if (end.taskInfo().speculative() && end.taskInfo().successful()) {
      SEEN.add("a copy overtook a straggler");
    }
    if (end.reason() instanceof FetchFailed) {
      SEEN.add("shuffle files were missed");
    }
    if (losingShuffleFiles && end.taskType().equals("ShuffleMapTask")) {
      int lost = deleteShuffleFiles(end.taskInfo().taskId());
      if (lost > 0) {
        losingShuffleFiles = false;
        SEEN.add("shuffle files were lost");
      }
    }
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
    SEEN.add("an executor went: " + removed.reason());
  }

  /** The files of the next map task that ends are deleted, while others of its stage still work. */
  static void loseShuffleFiles() {
    losingShuffleFiles = true;
  }

  private static int deleteShuffleFiles(long mapTask) {
    int deleted = 0;
    for (String folder : folders()) {
      try (Stream<Path> files = Files.walk(Path.of(folder))) {
        for (Path file : files.toList()) {
          if (file.getFileName().toString().matches("shuffle_\\d+_" + mapTask + "_0\\.\\w+")) {
            Files.delete(file);
            deleted++;
          }
        }
      } catch (IOException | UncheckedIOException e) {
        // files come and go under the walk
      }
    }
    return deleted;
  }

  /** Where the executors keep their files, as their worker has told them. */
  private static List<String> folders() {
    List<String> folders = new ArrayList<>();
    for (ProcessHandle executor : executors()) {
      for (String variable : read(executor, "environ").split("\0", -1)) {
        if (variable.startsWith(FOLDERS)) {
          folders.addAll(List.of(variable.substring(FOLDERS.length()).split(":", -1)));
        }
      }
    }
    return folders;
  }

  /** An executor stands still for a while, as on a machine that swaps. */
  static void standStill() throws IOException, InterruptedException {
    ProcessHandle victim = executors().get(0);
    signal("STOP", victim);
    SEEN.add("an executor stood still");
    TimeUnit.SECONDS.sleep(STILL_SECONDS);
    signal("CONT", victim);
  }

  private static void signal(String name, ProcessHandle process)
      throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
  }

  /** An executor is killed. */
  static void kill() {
    executors().get(0).destroyForcibly();
    SEEN.add("an executor was killed");
  }

  /** An executor is told to leave, as on a machine that is taken away. */
  static void decommission() {
    SparkContext sc = SparkContext.getOrCreate();
    ExecutorAllocationClient cluster = (ExecutorAllocationClient) sc.schedulerBackend();
    String first = JavaConverters.seqAsJavaList(cluster.getExecutorIds()).get(0);
    cluster.decommissionExecutor(
        first,
        new ExecutorDecommissionInfo("the machine is taken away", Option.empty()),
        false,
        false);
    SEEN.add("an executor was told to leave");
  }

  /** The executors that this JVM has started, in the order of their process ids. */
  private static List<ProcessHandle> executors() {
    return ProcessHandle.current()
        .descendants()
        .filter(Troubles::isExecutor)
        .sorted((a, b) -> Long.compare(a.pid(), b.pid()))
        .toList();
  }

  /** The whole command line: with a long classpath ProcessHandle.info() does not have it. */
  private static boolean isExecutor(ProcessHandle process) {
    return read(process, "cmdline").contains("CoarseGrainedExecutorBackend");
  }

  private static String read(ProcessHandle process, String what) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/" + what));
    } catch (IOException e) {
      return ""; // it has ended meanwhile
    }
  }
}
