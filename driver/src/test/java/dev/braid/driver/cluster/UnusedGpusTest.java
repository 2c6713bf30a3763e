package dev.braid.driver.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class UnusedGpusTest {
  @Test
  void settings_areThoseThatAskForGpus() {
    SparkConf conf =
        new SparkConf(false)
            .set("spark.task.resource.gpu.amount", "1")
            .set("spark.executor.resource.gpu.discoveryScript", "/gpus.sh")
            .set("spark.executor.resource.fpga.amount", "1")
            .set("spark.task.cpus", "1");
    assertEquals(
        List.of("spark.executor.resource.gpu.discoveryScript", "spark.task.resource.gpu.amount"),
        UnusedGpus.settings(conf));
  }

  @Test
  void notice_isOfSettings_elseOfTheMachine() {
    assertEquals(Optional.empty(), UnusedGpus.notice(List.of(), 0));
    assertEquals(
        Optional.of("2 GPUs are not used: Braid computes on processors"),
        UnusedGpus.notice(List.of(), 2));
    assertEquals(
        Optional.of(
            "spark.task.resource.gpu.amount is left out: Braid computes on processors, not on"
                + " GPUs"),
        UnusedGpus.notice(List.of("spark.task.resource.gpu.amount"), 2));
  }
}
