package dev.braid.worker.dl4j.nd4j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.OwnJvm;
import dev.braid.worker.bench.EnginesSoak;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both engines' natives live in one JVM, whichever comes first. */
class EnginesTogetherTest {
  @ParameterizedTest
  @ValueSource(strings = {"torch", "dl4j"})
  void enginesInTurn_onTwoThreads_keepTheirMemory(String first)
      throws IOException, InterruptedException {
    List<String> flags =
        List.of(
            "-Xms256m", // all of the heap from the start, so that only other memory can grow
            "-Xmx256m",
            "-XX:+AlwaysPreTouch",
            "-XX:+UseParallelGC");
    String output = OwnJvm.run(flags, EnginesSoak.class, first, "15");
    assertTrue(output.contains("memory "), output);
  }
}
