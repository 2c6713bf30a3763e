package dev.braid.driver.run;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.TaskEndReason;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.TaskKilled;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.TaskInfo;

/**
 * Remembers which task of a job group's current job failed first: what Spark reports at the end is
 * the last of several failures, often only a consequence.
 */
public final class FirstFailure extends SparkListener {
  private final String group;
  private final Set<Object> stages = new HashSet<>();
  private String first;
  private int failures;

  FirstFailure(String group) {
    this.group = group;
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart start) {
    if (start.properties() != null
        && group.equals(start.properties().getProperty("spark.jobGroup.id"))) {
      stages.clear();
      scala.collection.JavaConverters.seqAsJavaList(start.stageIds()).forEach(stages::add);
      first = null;
      failures = 0;
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    TaskEndReason reason = end.reason();
    boolean failed = reason instanceof TaskFailedReason && !(reason instanceof TaskKilled);
    if (failed && stages.contains(end.stageId())) {
      failures++;
      if (first == null) {
        first = "on host %s, %s".formatted(end.taskInfo().host(), sentence(reason, end.taskInfo()));
      }
    }
  }

  private static String sentence(TaskEndReason reason, TaskInfo task) {
    if (reason instanceof ExceptionFailure exception) {
      boolean ours = exception.className().equals(WorkerFailed.class.getName());
      return ours
          ? exception.description()
          : "executor %s: %s: %s"
              .formatted(task.executorId(), exception.className(), exception.description());
    }
    if (reason instanceof ExecutorLostFailure lost) {
      return "executor %s was lost: %s"
          .formatted(lost.execId(), lost.reason().getOrElse(() -> "?"));
    }
    return "executor %s: %s"
        .formatted(task.executorId(), ((TaskFailedReason) reason).toErrorString());
  }

  /** What failed first in the current job, if anything has. */
  synchronized Optional<String> sentence() {
    String more = failures > 1 ? " (the first of %d failures)".formatted(failures) : "";
    return Optional.ofNullable(first).map(sentence -> sentence + more);
  }
}
