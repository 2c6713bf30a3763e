package dev.braid.jobs.embedding;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.cluster.StageProgress;
import dev.braid.driver.embedding.CorpusFacts;
import dev.braid.driver.embedding.EmbeddingListener;
import dev.braid.driver.embedding.EmbeddingReport;
import dev.braid.jobs.metrics.MetricsFile;
import dev.braid.jobs.page.VectorsPage.Course;
import dev.braid.jobs.report.StatusLine;

/**
 * What is told of a training while it goes on: {@code metrics.jsonl}, the status line with the time
 * left, and the curves of the report. A run that goes on keeps the lines of the rounds it does not
 * repeat.
 */
final class EmbeddingLog implements EmbeddingListener, AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  /** From this share on the lines left out are no slips. */
  private static final double MANY_BROKEN = 0.01;

  private final MetricsFile file;
  private final StatusLine status;
  private final StageProgress stages;
  private final int epochs;
  private final Course course = new Course("words");
  private long tokens;
  private long begin = System.nanoTime();
  private double firstShare = Double.NaN;
  private int numReports;
  private EmbeddingReport last;

  /**
   * A log that goes to a file and a terminal.
   *
   * @param file is closed with this log
   * @param epochs passes over the corpus
   */
  EmbeddingLog(MetricsFile file, StatusLine status, StageProgress stages, int epochs) {
    this.file = file;
    this.status = status;
    this.stages = stages;
    this.epochs = epochs;
  }

  @Override
  public void counted(CorpusFacts facts) {
    tokens = facts.tokens();
    begin = System.nanoTime();
    said("%,d words kept, %,d tokens".formatted(facts.words(), facts.tokens()));
    if (facts.brokenLines() > 0) {
      said(
          "%,d lines are no UTF-8 and are left out".formatted(facts.brokenLines())
              + (facts.brokenShare() < MANY_BROKEN
                  ? ""
                  : ", %.0f %% of all; if the texts are in another encoding, convert them: iconv -f LATIN1 -t UTF-8"
                      .formatted(100 * facts.brokenShare())));
    }
  }

  @Override
  public void said(String sentence) {
    status.print(sentence);
  }

  @Override
  public void working(String what) {
    stages.begin(what);
  }

  @Override
  public void reported(EmbeddingReport report) {
    double epochsNow = report.share() * epochs;
    if (numReports == 0) {
      firstShare = report.shareBefore();
      file.keep(
          line -> line.path("epochs").asDouble(Double.MAX_VALUE) <= firstShare * epochs + 1e-9);
    }
    double speed = words(report.share() - report.shareBefore()) / report.seconds();
    ObjectNode line = JSON.valueToTree(report);
    file.write(line.put("epochs", epochsNow).put("wordsPerSecond", speed));
    file.flush();
    course.add(epochsNow, report.loss(), speed, report.learningRate());
    numReports++;
    last = report;
    show(report, speed, Math.abs(epochsNow - Math.rint(epochsNow)) < 1e-9);
  }

  private void show(EmbeddingReport report, double speed, boolean epochEnds) {
    double share = report.share();
    double left = seconds() / (share - firstShare) * (1 - share);
    String text =
        "%s  %3.0f %%  loss %.4f  %,.0f words/s  %s left"
            .formatted(report.place(), 100 * share, report.loss(), speed, StatusLine.clock(left));
    if (epochEnds) {
      status.print(text);
    } else {
      status.show(text);
    }
  }

  Course course() {
    return course;
  }

  int numReports() {
    return numReports;
  }

  /** Of the last round or pass. */
  double loss() {
    return last == null ? Double.NaN : last.loss();
  }

  /** Words of the corpus trained by this process, each as often as it was seen. */
  long words() {
    return last == null ? 0 : words(last.share() - firstShare);
  }

  private long words(double share) {
    return Math.round(share * epochs * tokens);
  }

  /** Since the words were counted. */
  double seconds() {
    return (System.nanoTime() - begin) / 1e9;
  }

  @Override
  public void close() {
    file.close();
  }
}
