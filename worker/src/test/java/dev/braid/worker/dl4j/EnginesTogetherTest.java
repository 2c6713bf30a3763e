package dev.braid.worker.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.bench.EnginesSoak;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both engines' natives live in one JVM, whichever comes first. */
class EnginesTogetherTest {
  @ParameterizedTest
  @ValueSource(strings = {"torch", "dl4j"})
  void enginesInTurn_onTwoThreads_keepTheirMemory(String first)
      throws IOException, InterruptedException {
    String classpath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Process soak =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms256m", // all of the heap from the start, so that only other memory can grow
                "-Xmx256m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseParallelGC",
                "-cp",
                classpath,
                EnginesSoak.class.getName(),
                first,
                "15")
            .redirectErrorStream(true)
            .start();
    String output = new String(soak.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, soak.waitFor(), output);
    assertTrue(output.contains("memory "), output);
  }
}
