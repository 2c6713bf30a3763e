package dev.braid.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.random.Counter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A driver is killed with SIGKILL at random moments, again and again, and resumed: its result is
 * that of the unbroken run. {@code -Dbraid.kills=20} kills as often instead of 2 times.
 */
class KilledDriverIT {
  private static final int KILLS = Integer.getInteger("braid.kills", 2);

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(
      value = Route.class,
      names = {"DIRECT", "SLICED"})
  void killedAndResumed_equalsUnbrokenRun(Route route) throws IOException {
    Run unbroken = run(folder.resolve("unbroken"), route, Integer.MAX_VALUE, 0);
    String sha256 = unbroken.sha256().orElseThrow();
    int rounds = unbroken.rounds().size();
    assertEquals(rounds, unbroken.rounds().get(rounds - 1) + 1);

    Counter random = Counter.stream(System.nanoTime());
    int lastRound = -1;
    int killed = 0;
    // Each life is a few rounds long, so that all kills find room in one run.
    for (int life = 0; life < KILLS; life++) {
      int lifetime = 1 + random.nextInt(Math.max(1, rounds / KILLS));
      Run broken = run(folder.resolve("broken"), route, lifetime, random.nextInt(60));
      if (broken.sha256().isPresent()) {
        assertEquals(sha256, broken.sha256().get());
        break;
      }
      killed++;
      // A checkpoint a round: at most the round after it is done again.
      int first = broken.rounds().get(0);
      assertTrue(first >= lastRound, "round %d again after %d".formatted(first, lastRound));
      lastRound = broken.rounds().get(broken.rounds().size() - 1);
    }
    Run last = run(folder.resolve("broken"), route, Integer.MAX_VALUE, 0);
    assertEquals(sha256, last.sha256().orElseThrow());
    assertTrue(killed > 0, "the run ended before it could be killed");
    System.out.printf("%s: killed %d times in %d rounds, same bytes%n", route, killed, rounds);
  }

  private record Run(List<Integer> rounds, Optional<String> sha256) {}

  /** Starts the training and kills it some time after it has done so many rounds. */
  private static Run run(Path folder, Route route, int lifetime, int millisMore)
      throws IOException {
    Process process =
        ChildJvm.start(
            ResumableProcess.class, List.of("-Xmx512m"), folder.toString(), route.name());
    List<Integer> rounds = new ArrayList<>();
    Optional<String> sha256 = Optional.empty();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith("round ")) {
          rounds.add(Integer.parseInt(line.substring(6)));
          if (rounds.size() == lifetime) {
            TroubledSource.sleep(millisMore);
            process.toHandle().destroyForcibly();
          }
        } else if (line.startsWith("sha256 ")) {
          sha256 = Optional.of(line.substring(7));
        }
      }
    } finally {
      process.toHandle().destroyForcibly();
    }
    return new Run(rounds, sha256);
  }
}
