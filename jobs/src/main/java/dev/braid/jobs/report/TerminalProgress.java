package dev.braid.jobs.report;

import dev.braid.driver.cluster.StageProgress;
import dev.braid.driver.data.RowsLeftOut;
import dev.braid.driver.features.Features;
import dev.braid.driver.training.EpochReport;
import dev.braid.driver.training.RoundReport;
import dev.braid.driver.training.TrainingListener;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How a training goes, on a terminal: one line that is rewritten with each round, and one that
 * stays for each epoch. Where lines cannot be rewritten, one now and then.
 */
public final class TerminalProgress implements TrainingListener {
  /** What takes no longer needs no word. */
  private static final double QUIET_SECONDS = 4.5;

  private final StatusLine line;
  private final Pace pace = new Pace();
  private double epochBegin;
  private long epochExamples;

  /** Tells of a training that begins now. */
  public TerminalProgress(StatusLine line) {
    this.line = line;
  }

  @Override
  public synchronized void round(RoundReport report) {
    epochExamples += report.pass().examples();
    double now = line.seconds();
    pace.round(now);
    if (report.at().round() + 1 >= report.at().rounds()) {
      return; // the epoch's line follows
    }
    line.show(
        "epoch %d  round %,d/%,d  loss %.4f  %,.0f examples/s%s"
            .formatted(
                report.at().epoch() + 1,
                report.at().round() + 1,
                report.at().rounds(),
                report.pass().loss(),
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
        ? "  %s to %s left".formatted(StatusLine.clock(least), StatusLine.clock(most))
        : "  %s left".formatted(StatusLine.clock(most));
  }

  /** While Spark works at something before the first round, or after the last. */
  public void working(StageProgress.Report report) {
    if (report.seconds() >= QUIET_SECONDS) {
      line.show(report.sentence(), QUIET_SECONDS);
    }
  }

  @Override
  public synchronized void epoch(EpochReport report) {
    double now = line.seconds();
    pace.epoch(report);
    line.print(
        "epoch %d  loss %.4f%s%s  %,.0f examples/s  %s"
            .formatted(
                report.epoch() + 1,
                report.loss(),
                training(report),
                validation(report),
                epochExamples / (now - epochBegin),
                StatusLine.clock(now)));
    epochBegin = now;
    epochExamples = 0;
  }

  @Override
  public void rowsLeftOut(List<RowsLeftOut> sources) {
    sources.forEach(rows -> line.print(BrokenRowsLog.sentence(rows)));
  }

  @Override
  public void said(String sentence) {
    line.print(sentence);
  }

  @Override
  public synchronized void featuresComputed(Features.Report report) {
    epochBegin = line.seconds();
    String found =
        report.found() == report.shards()
            ? "were stored before"
            : report.found() == 0
                ? "computed once"
                : "%d of %d parts stored before".formatted(report.found(), report.shards());
    line.print(
        "layers up to %s never learn: their outputs for %,d examples, %.1f MiB, %s in %s  %s"
            .formatted(
                report.layer(),
                report.examples(),
                report.bytes() / 1048576.0,
                found,
                report.folder(),
                StatusLine.clock(epochBegin)));
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
}
