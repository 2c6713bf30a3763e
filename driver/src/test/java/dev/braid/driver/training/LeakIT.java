package dev.braid.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.ChildJvm;
import dev.braid.driver.plan.Route;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Rounds in a JVM of fixed heap leave nothing behind. {@code -Dbraid.rounds=1200} makes as many
 * instead of 300, with the bounds that hold once Spark's own pools have filled: 128 threads for
 * cleaning up blocks, and samples of its timers. The first half warms up.
 */
class LeakIT {
  private static final List<String> FIXED_HEAP =
      List.of(
          "-Xms500m",
          "-Xmx500m",
          "-XX:+AlwaysPreTouch",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1");
  private static final int ROUNDS = Integer.getInteger("braid.rounds", 300);
  private static final double MAX_HEAP = ROUNDS < 1000 ? 3 : 0.5;
  private static final double MAX_RESIDENT = ROUNDS < 1000 ? 5 : 1;

  @ParameterizedTest
  @EnumSource(
      value = Route.class,
      names = {"DIRECT", "SLICED"})
  void manyRounds_leaveNothingBehind(Route route) throws IOException {
    List<double[]> samples = new ArrayList<>();
    Process process = ChildJvm.start(LeakProbe.class, FIXED_HEAP, "" + ROUNDS, route.name());
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      out.lines()
          .filter(line -> line.matches("[\\d. ]+"))
          .map(line -> Arrays.stream(line.split(" ")).mapToDouble(Double::parseDouble).toArray())
          .forEach(samples::add);
    } finally {
      process.toHandle().destroyForcibly();
    }

    assertEquals(ROUNDS / LeakProbe.STRIDE, samples.size());
    List<double[]> warm = samples.subList(samples.size() / 2, samples.size());
    double heap = growth(warm, 1);
    double resident = growth(warm, 2);
    String message =
        String.format(
            Locale.ROOT,
            "%s: megabytes per 100 rounds: heap %.2f, resident %.2f; at the end %s",
            route,
            heap,
            resident,
            Arrays.toString(samples.get(samples.size() - 1)));
    System.out.println(message);
    assertTrue(heap < MAX_HEAP, message);
    assertTrue(resident < MAX_RESIDENT, message);
    for (double[] sample : warm) {
      assertEquals(warm.get(0)[3], sample[3], "live broadcasts");
      assertEquals(warm.get(0)[4], sample[4], "cached blocks");
    }
  }

  /**
   * Growth per 100 rounds: the median of the growths between neighbouring samples. What leaks grows
   * between every two; what the JVM takes once, as a segment for compiled code, is no leak, and in
   * a fitted line one such step of 10 MB would look like one.
   */
  private static double growth(List<double[]> samples, int column) {
    double[] steps = new double[samples.size() - 1];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = samples.get(i + 1)[column] - samples.get(i)[column];
    }
    Arrays.sort(steps);
    return (steps[(steps.length - 1) / 2] + steps[steps.length / 2]) / 2 * 100 / LeakProbe.STRIDE;
  }
}
