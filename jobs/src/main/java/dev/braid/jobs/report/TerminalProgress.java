package dev.braid.jobs.report;

import dev.braid.driver.cluster.StageProgress;
import dev.braid.driver.data.RowsLeftOut;
import dev.braid.driver.features.Features;
import dev.braid.driver.training.EpochReport;
import dev.braid.driver.training.RoundReport;
import dev.braid.driver.training.TrainingListener;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * How a training goes, on a terminal: one line that is rewritten with each round, and one that
 * stays for each epoch. Where lines cannot be rewritten, one now and then.
 */
public final class TerminalProgress implements TrainingListener {
  private static final double LIVE_SECONDS = 0.1;
  private static final double PLAIN_SECONDS = 10;

  /** What takes no longer needs no word. */
  private static final double QUIET_SECONDS = 4.5;

  private final PrintWriter out;
  private final boolean live;
  private final LongSupplier nanos;
  private final long begin;
  private final Pace pace = new Pace();
  private double shown;
  private double epochBegin;
  private long epochExamples;
  private int lineLength;

  /**
   * @param live whether {@code out} is a terminal that can go back to the beginning of a line
   * @param nanos a clock such as {@link System#nanoTime}
   */
  public TerminalProgress(PrintWriter out, boolean live, LongSupplier nanos) {
    this.out = out;
    this.live = live;
    this.nanos = nanos;
    this.begin = nanos.getAsLong();
  }

  @Override
  public synchronized void round(RoundReport report) {
    epochExamples += report.examples();
    double now = seconds();
    pace.round(now);
    boolean last = report.round() + 1 >= report.rounds();
    if (now - shown < (live ? LIVE_SECONDS : PLAIN_SECONDS) || last) {
      return;
    }
    shown = now;
    show(
        "epoch %d  round %,d/%,d  loss %.4f  %,.0f examples/s%s"
            .formatted(
                report.epoch() + 1,
                report.round() + 1,
                report.rounds(),
                report.loss(),
                epochExamples / (now - epochBegin),
                left(report)));
  }

  /** The time left; with early stopping from when nothing improves any more to the last epoch. */
  private String left(RoundReport report) {
    double most = pace.secondsLeft(report);
    double least = Math.min(most, pace.secondsOfPatience(report));
    if (Double.isNaN(most)) {
      return "";
    }
    return least < most
        ? "  %s to %s left".formatted(clock(least), clock(most))
        : "  %s left".formatted(clock(most));
  }

  /** While Spark works at something before the first round, or after the last. */
  public synchronized void working(StageProgress.Report report) {
    double now = seconds();
    if (report.seconds() >= QUIET_SECONDS && now - shown >= (live ? LIVE_SECONDS : QUIET_SECONDS)) {
      shown = now;
      show(report.sentence());
    }
  }

  /** Removes a line that {@link #working} has left. */
  public synchronized void endWork() {
    clear();
    out.flush();
  }

  @Override
  public synchronized void epoch(EpochReport report) {
    double now = seconds();
    pace.epoch(report);
    clear();
    out.printf(
        Locale.ROOT,
        "epoch %d  loss %.4f%s%s  %,.0f examples/s  %s%n",
        report.epoch() + 1,
        report.loss(),
        training(report),
        validation(report),
        epochExamples / (now - epochBegin),
        clock(now));
    out.flush();
    epochBegin = now;
    epochExamples = 0;
  }

  @Override
  public synchronized void rowsLeftOut(List<RowsLeftOut> sources) {
    clear();
    for (RowsLeftOut rows : sources) {
      out.println(BrokenRowsLog.sentence(rows));
    }
    out.flush();
  }

  @Override
  public void said(String sentence) {
    clear();
    out.println(sentence);
    out.flush();
  }

  @Override
  public void featuresComputed(Features.Report report) {
    out.printf(
        Locale.ROOT,
        "layers up to %s never learn: their outputs for %,d examples, %.1f MiB, %s in %s  %s%n",
        report.layer(),
        report.examples(),
        report.bytes() / 1048576.0,
        report.found() == report.shards()
            ? "were stored before"
            : report.found() == 0
                ? "computed once"
                : "%d of %d parts stored before".formatted(report.found(), report.shards()),
        report.folder(),
        clock(seconds()));
    out.flush();
    epochBegin = seconds();
  }

  /** Seconds as a person reads them: {@code 0:07}, {@code 1:02:03}. */
  static String clock(double seconds) {
    long whole = Math.round(seconds);
    return whole < 3600
        ? "%d:%02d".formatted(whole / 60, whole % 60)
        : "%d:%02d:%02d".formatted(whole / 3600, whole / 60 % 60, whole % 60);
  }

  /**
   * The first metric of the sample of training examples; its loss is not the one that is minimised.
   */
  private static String training(EpochReport report) {
    return report
        .training()
        .flatMap(scores -> scores.values().entrySet().stream().skip(1).findFirst())
        .map(entry -> "  training %s %.4f".formatted(entry.getKey(), entry.getValue()))
        .orElse("");
  }

  /** Loss and the first metric, which is the one that says most. */
  private static String validation(EpochReport report) {
    return report
        .validation()
        .map(
            scores ->
                scores.values().entrySet().stream()
                    .limit(2)
                    .map(
                        entry -> "  validation %s %.4f".formatted(entry.getKey(), entry.getValue()))
                    .collect(Collectors.joining()))
        .orElse("");
  }

  private void show(String line) {
    if (!live) {
      out.println(line);
    } else {
      out.print("\r" + line + " ".repeat(Math.max(0, lineLength - line.length())));
      lineLength = line.length();
    }
    out.flush();
  }

  private void clear() {
    if (lineLength > 0) {
      out.print("\r" + " ".repeat(lineLength) + "\r");
      lineLength = 0;
    }
  }

  private double seconds() {
    return (nanos.getAsLong() - begin) / 1e9;
  }
}
