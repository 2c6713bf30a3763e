package dev.braid.jobs.report;

import java.io.PrintWriter;
import java.util.function.LongSupplier;

/**
 * One line that says how far a job is: rewritten on a terminal, elsewhere a new one now and then.
 * Several threads may use it.
 */
public final class StatusLine {
  private static final double LIVE_SECONDS = 0.1;
  private static final double PLAIN_SECONDS = 10;

  private final PrintWriter out;
  private final boolean live;
  private final LongSupplier nanos;
  private final long begin;
  private double shown;
  private int length;

  /**
   * @param live whether {@code out} is a terminal that can go back to the beginning of a line
   * @param nanos a clock such as {@link System#nanoTime}
   */
  public StatusLine(PrintWriter out, boolean live, LongSupplier nanos) {
    this.out = out;
    this.live = live;
    this.nanos = nanos;
    this.begin = nanos.getAsLong();
  }

  /** Shows how far the job is, unless it did so a moment ago. */
  public void show(String line) {
    show(line, PLAIN_SECONDS);
  }

  /**
   * Shows how far the job is, unless it did so a moment ago.
   *
   * @param plainSeconds what a moment is where lines cannot be rewritten
   */
  synchronized void show(String line, double plainSeconds) {
    double now = seconds();
    if (now - shown < (live ? LIVE_SECONDS : plainSeconds)) {
      return;
    }
    shown = now;
    if (live) {
      out.print("\r" + line + " ".repeat(Math.max(0, length - line.length())));
      length = line.length();
    } else {
      out.println(line);
    }
    out.flush();
  }

  /** Prints a line that stays. */
  public synchronized void print(String line) {
    clear();
    out.println(line);
    out.flush();
  }

  /** Removes the line that is shown. */
  public synchronized void clear() {
    if (length > 0) {
      out.print("\r" + " ".repeat(length) + "\r");
      length = 0;
    }
    out.flush();
  }

  /** Since the line was made. */
  double seconds() {
    return (nanos.getAsLong() - begin) / 1e9;
  }

  /** Seconds as a person reads them: {@code 0:07}, {@code 1:02:03}. */
  public static String clock(double seconds) {
    long whole = Math.round(seconds);
    return whole < 3600
        ? "%d:%02d".formatted(whole / 60, whole % 60)
        : "%d:%02d:%02d".formatted(whole / 3600, whole / 60 % 60, whole % 60);
  }
}
