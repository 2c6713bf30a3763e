package dev.braid.jobs.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TerminalProgressTest {
  private final StringWriter written = new StringWriter();
  private final AtomicLong nanos = new AtomicLong();

  @Test
  void round_onATerminal_rewritesOneLine() {
    TerminalProgress progress = progress(true);
    pass(0.05);
    progress.round(Runs.round(0, 0, 8)); // too soon for anyone to read
    pass(0.2);
    progress.round(Runs.round(0, 1, 8));
    pass(0.25);
    progress.round(Runs.round(0, 2, 8));
    progress.epoch(Runs.epoch(0));
    assertEquals(
        "\repoch 1  round 2/8  loss 0.5000  10,240 examples/s  0:01 left"
            + "\repoch 1  round 3/8  loss 0.3333  7,680 examples/s  0:01 left "
            + "\r"
            + " ".repeat(60)
            + "\r"
            + "epoch 1  loss 0.5000  training accuracy 0.7500  validation loss 0.4000  validation"
            + " accuracy 0.7500  7,680 examples/s  0:01\n",
        written.toString());
  }

  @Test
  void round_inALog_printsALineNowAndThen() {
    TerminalProgress progress = progress(false);
    for (int i = 0; i < 100; i++) {
      pass(0.25);
      progress.round(Runs.round(0, i, 1000));
    }
    assertEquals(
        """
        epoch 1  round 40/1,000  loss 0.0250  5,120 examples/s  4:00 left
        epoch 1  round 80/1,000  loss 0.0125  5,120 examples/s  3:50 left
        """,
        written.toString());
  }

  @Test
  void timeLeft_isThatOfTheRoundsOfLate() {
    TerminalProgress progress = progress(false);
    pass(60); // until the examples are read
    for (int i = 0; i < 400; i++) {
      pass(i < 10 ? 5 : 0.25); // slow until the code is warm
      progress.round(Runs.round(0, i, 420));
    }
    String[] lines = written.toString().split("\n", -1);
    assertTrue(lines[lines.length - 2].endsWith("  0:08 left"), written::toString);
  }

  @Test
  void timeLeft_withEarlyStopping_isFromTheEndOfPatienceToTheLastEpoch() {
    TerminalProgress progress = progress(false);
    for (int i = 0; i < 80; i++) {
      pass(0.25);
      progress.round(Runs.round(0, i, 1000));
      if (i == 39) {
        progress.epoch(Runs.epoch(0, OptionalInt.of(2)));
      }
    }
    // Two epochs of 40 rounds are borne, 40 rounds of them are over.
    assertTrue(written.toString().endsWith("  0:10 to 3:50 left\n"), written::toString);
  }

  @Test
  void clock_isReadable() {
    assertEquals("0:07", StatusLine.clock(7.4));
    assertEquals("59:59", StatusLine.clock(3599));
    assertEquals("2:01:05", StatusLine.clock(7265));
  }

  private TerminalProgress progress(boolean live) {
    return new TerminalProgress(new StatusLine(new PrintWriter(written, true), live, nanos::get));
  }

  private void pass(double seconds) {
    nanos.addAndGet((long) (seconds * 1e9));
  }
}
