package dev.braid.jobs.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.schedule.HistoryLine.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TickHistoryTest {
  private static final Instant NOON = Instant.parse("2025-05-05T12:00:00Z");

  @TempDir private Path folder;

  private static HistoryLine done(String job, Instant tick) {
    return new HistoryLine(
        job, tick.toString(), Outcome.DONE, HistoryLine.Run.begun(tick), null, null);
  }

  private List<String> lines() throws IOException {
    return Files.readAllLines(folder.resolve("history.jsonl"));
  }

  @Test
  void aRunThatNeverEnded_isLost_onceAndForAll() throws IOException {
    try (TickHistory history = TickHistory.open(folder)) {
      history.begin("a", NOON);
      history.add(done("a", NOON));
      history.begin("a", NOON.plusSeconds(60));
      history.begin("b", NOON);
    }
    for (int i = 0; i < 2; i++) {
      try (TickHistory history = TickHistory.open(folder)) {
        assertEquals(NOON.plusSeconds(60), history.lastTick("a"));
        assertEquals(Outcome.LOST, history.last("a").outcome());
        assertEquals(Outcome.LOST, history.last("b").outcome());
        assertNull(history.lastTick("c"));
      }
      assertEquals(3, lines().size());
    }
  }

  /** A power cut may leave the beginning of a line. */
  @Test
  void aLineThatIsCutOff_isPassedOver_andTheNextStandsByItself() throws IOException {
    try (TickHistory history = TickHistory.open(folder)) {
      history.add(done("a", NOON));
    }
    Files.writeString(
        folder.resolve("history.jsonl"), "{\"job\":\"a\",\"ti", StandardOpenOption.APPEND);
    try (TickHistory history = TickHistory.open(folder)) {
      assertEquals(NOON, history.lastTick("a"));
      history.add(done("a", NOON.plusSeconds(1)));
    }
    assertEquals(3, lines().size());
    assertEquals(NOON.plusSeconds(1), TickHistory.read(folder).lastTick("a"));
  }

  @Test
  void lineOfARun_hasTheKeysOfItsPartsInOneObject_andIsReadBack() throws IOException {
    HistoryLine line =
        new HistoryLine(
            "a",
            NOON.toString(),
            Outcome.DONE,
            new HistoryLine.Run("begin", "end", 2),
            new HistoryLine.Scored(10, 1, "0a1b"),
            "odd");
    try (TickHistory history = TickHistory.open(folder)) {
      history.add(line);
    }
    assertEquals(
        List.of(
            "{\"job\":\"a\",\"tick\":\"2025-05-05T12:00:00Z\",\"outcome\":\"done\",\"start\":\"begin\","
                + "\"end\":\"end\",\"attempts\":2,\"rows\":10,\"quarantined\":1,"
                + "\"modelSha256\":\"0a1b\",\"message\":\"odd\"}"),
        lines());
    assertEquals(line, TickHistory.read(folder).last("a"));
  }

  @Test
  void twoSchedulers_cannotGoOnWithOneHistory() {
    try (TickHistory first = TickHistory.open(folder)) {
      first.begin("a", NOON);
      RuntimeException e = assertThrows(RuntimeException.class, () -> TickHistory.open(folder));
      assertTrue(e.getMessage().contains("another schedule is running"), e.getMessage());
    }
  }
}
