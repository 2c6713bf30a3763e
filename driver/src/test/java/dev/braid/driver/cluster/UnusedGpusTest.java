package dev.braid.driver.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class UnusedGpusTest {
  @Test
  void notice_isOfSettings_elseOfTheMachine() {
    SparkConf plain = new SparkConf(false);
    assertEquals(Optional.empty(), UnusedGpus.notice(plain, 0));
    assertEquals(
        Optional.of("2 GPUs are not used: Braid computes on processors"),
        UnusedGpus.notice(plain, 2));
    SparkConf asks =
        new SparkConf(false)
            .set("spark.task.resource.gpu.amount", "1")
            .set("spark.executor.resource.gpu.amount", "1");
    assertEquals(
        Optional.of(
            "spark.executor.resource.gpu.amount is set, but Braid computes on processors: GPUs"
                + " would stand idle"),
        UnusedGpus.notice(asks, 0));
  }
}
