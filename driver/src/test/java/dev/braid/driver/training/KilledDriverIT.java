package dev.braid.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.ChildJvm;
import dev.braid.driver.plan.Route;
import dev.braid.driver.training.ResumableProcess.Phase;
import dev.braid.worker.random.SplitMix;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Drivers are killed with SIGKILL 20 times, while they compute, exchange, evaluate and write
 * checkpoints, and go on each time: the result is that of the unbroken run, and no more is done
 * again than the rounds since the last checkpoint. Two runs side by side share the kills, as a
 * process spends most of its life on starting: one of fixed rows, one of sequences of any length.
 */
class KilledDriverIT {
  private static final int KILLS_PER_RUN = 10;
  private static final List<Phase> PHASES = List.of(Phase.values());

  /** No time for the second compiler, none for many collectors. */
  private static final List<String> SHORT_LIVED =
      List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  @TempDir private Path folder;

  @Test
  void killedAndResumed_equalsUnbrokenRun() throws IOException {
    List<Broken> runs =
        IntStream.range(0, 2).parallel().mapToObj(run -> killAgainAndAgain(folder, run)).toList();

    for (Broken run : runs) {
      System.out.printf(
          "driver killed %d times %s in %d rounds, %d of them done twice, same bytes%n",
          run.kills(), run.killed(), run.rounds(), run.redone());
      assertEquals(KILLS_PER_RUN, run.kills(), "the run ended before it could be killed as often");
    }
  }

  /**
   * What a run has been through.
   *
   * @param rounds of the unbroken run
   * @param killed how often in which phase
   * @param redone rounds that were done again
   */
  private record Broken(int rounds, int kills, Map<Phase, Integer> killed, int redone) {}

  private static Broken killAgainAndAgain(Path folder, int run) {
    boolean sequences = run == 1;
    Life unbroken =
        live(folder.resolve("unbroken" + run), Route.DIRECT, sequences, Optional.empty());
    Path broken = folder.resolve("broken" + run);
    SplitMix random = SplitMix.stream(System.nanoTime() + run);
    Map<Phase, Integer> killed = new EnumMap<>(Phase.class);
    int reached = 0;
    int redone = 0;
    int kills = 0;
    while (kills < KILLS_PER_RUN) {
      Phase phase = PHASES.get((kills + 2 * run) % PHASES.size());
      // Who averages may change from life to life: both ways give the same bits.
      Route route = random.nextInt(2) == 0 ? Route.DIRECT : Route.SLICED;
      int rounds = random.nextInt(ResumableProcess.CHECKPOINT_EVERY + 1);
      Death death = new Death(rounds, phase, random.nextInt(12));
      Life life = live(broken, route, sequences, Optional.of(death));
      if (life.sha256().isPresent()) {
        break; // too late to be killed
      }
      kills++;
      killed.merge(phase, 1, Integer::sum);
      for (int round : life.rounds()) {
        assertTrue(
            round >= reached - ResumableProcess.CHECKPOINT_EVERY,
            "round %d again after %d were done".formatted(round, reached));
        redone += round < reached ? 1 : 0;
        reached = Math.max(reached, round + 1);
      }
    }
    Life last = live(broken, Route.DIRECT, sequences, Optional.empty());
    assertEquals(unbroken.sha256().orElseThrow(), last.sha256().orElseThrow());
    return new Broken(unbroken.rounds().size(), kills, killed, redone);
  }

  /**
   * When a process is to be killed.
   *
   * @param rounds it does before
   * @param phase next after them
   * @param millis after it has entered it
   */
  private record Death(int rounds, Phase phase, int millis) {}

  /** What a process has said. */
  private record Life(List<Integer> rounds, Optional<String> sha256) {}

  private static Life live(Path folder, Route route, boolean sequences, Optional<Death> death) {
    try {
      Process process =
          ChildJvm.start(
              ResumableProcess.class,
              SHORT_LIVED,
              folder.toString(),
              route.name(),
              Boolean.toString(sequences));
      try (BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        return listen(out, process, death);
      } finally {
        process.toHandle().destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Life listen(BufferedReader out, Process process, Optional<Death> death)
      throws IOException {
    List<Integer> rounds = new ArrayList<>();
    Optional<String> sha256 = Optional.empty();
    boolean alive = true;
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("round ")) {
        rounds.add(Integer.parseInt(line.substring(6)));
      } else if (line.startsWith("sha256 ")) {
        sha256 = Optional.of(line.substring(7));
      } else if (alive
          && death.isPresent()
          && rounds.size() >= death.get().rounds()
          && line.equals("in " + death.get().phase())) {
        TroubledSource.sleep(death.get().millis());
        process.toHandle().destroyForcibly();
        alive = false;
      }
    }
    return new Life(rounds, sha256);
  }
}
