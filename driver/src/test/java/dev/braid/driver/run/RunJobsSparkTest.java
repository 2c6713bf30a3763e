package dev.braid.driver.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

class RunJobsSparkTest {
  private static final double MINUTES = 5;

  private static JavaSparkContext sc() {
    return JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
  }

  private static long sleepOnAnExecutor(int seconds) {
    return sc().parallelize(List.of(seconds), 1)
        .map(
            s -> {
              Thread.sleep(s * 1000L);
              return s;
            })
        .count();
  }

  @Test
  void call_namesItsJobs_andGivesTheResultBack() {
    sc().setJobDescription("before");
    try (RunJobs jobs = new RunJobs(sc(), MINUTES, new Stop())) {
      String name =
          jobs.call(
              "round 7",
              () -> "workers",
              () -> sc().getLocalProperty("spark.job.description") + sleepOnAnExecutor(0));
      assertEquals("round 71", name);
    }
    assertEquals("before", sc().getLocalProperty("spark.job.description"));
    sc().setJobDescription(null);
  }

  @Test
  void call_lateBetweenTwoJobs_cancelsTheSecond_andNamesTheSetting() {
    try (RunJobs jobs = new RunJobs(sc(), 0.001, new Stop())) {
      String message =
          assertThrows(
                  JobFailed.class,
                  () ->
                      jobs.call(
                          "round 1",
                          () -> "worker 3",
                          () -> {
                            pause(300);
                            return sleepOnAnExecutor(60);
                          }))
              .getMessage();
      assertTrue(message.startsWith("round 1: waited 0.001 minutes for worker 3"), message);
      assertTrue(message.contains("training.roundMinutes"), message);
    }
  }

  @Test
  void call_isCalledOff_whenTheRunIsAskedToStop() {
    Stop stop = new Stop();
    CountDownLatch begun = new CountDownLatch(1);
    try (RunJobs jobs = new RunJobs(sc(), MINUTES, stop)) {
      CompletableFuture<Void> request =
          CompletableFuture.runAsync(
              () -> {
                try {
                  begun.await();
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
                pause(500); // the job begins
                stop.request();
              });
      assertThrows(
          CalledOff.class,
          () ->
              jobs.call(
                  "round 1",
                  () -> "workers",
                  () -> {
                    begun.countDown();
                    return sleepOnAnExecutor(60);
                  }));
      request.join();
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
