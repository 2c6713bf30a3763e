package dev.braid.jobs.embedding;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.cluster.StageProgress;
import dev.braid.driver.embedding.CorpusFacts;
import dev.braid.driver.embedding.EmbeddingListener;
import dev.braid.driver.embedding.EmbeddingReport;
import dev.braid.jobs.page.VectorsPage.Course;
import dev.braid.jobs.report.RunFolder;
import dev.braid.jobs.report.StatusLine;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What is told of a training while it goes on: {@code metrics.jsonl}, the status line with the time
 * left, and the curves of the report. A run that goes on keeps the lines of the rounds it does not
 * repeat.
 */
final class TrainingLog implements EmbeddingListener, AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  /** From this share on the lines left out are no slips. */
  private static final double MANY_BROKEN = 0.01;

  private final RunFolder folder;
  private final StatusLine status;
  private final StageProgress stages;
  private final int epochs;
  private final List<String> earlier;
  private final Course course = new Course("words");
  private long tokens;
  private long begin = System.nanoTime();
  private OutputStream out;
  private double firstShare = Double.NaN;
  private int numReports;
  private long words;
  private double loss = Double.NaN;

  /**
   * @param epochs passes over the corpus
   * @param earlier whether the folder's metrics are those of the run that goes on
   */
  TrainingLog(
      RunFolder folder, StatusLine status, StageProgress stages, int epochs, boolean earlier) {
    this.folder = folder;
    this.status = status;
    this.stages = stages;
    this.epochs = epochs;
    this.earlier = earlier ? folder.lines("metrics.jsonl") : List.of();
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
  public void reported(EmbeddingReport report) {
    double share = report.share();
    double epochsNow = share * epochs;
    long wordsNow = Math.round((share - report.shareBefore()) * epochs * tokens);
    if (out == null) {
      out = folder.open("metrics.jsonl");
      firstShare = report.shareBefore();
      kept(firstShare * epochs).forEach(this::write);
    }
    ObjectNode line = JSON.valueToTree(report);
    double speed = wordsNow / report.seconds();
    write(line.put("epochs", epochsNow).put("wordsPerSecond", speed).toString());
    course.add(epochsNow, report.loss(), speed, report.learningRate());
    numReports++;
    words += wordsNow;
    loss = report.loss();
    double left = seconds() / (share - firstShare) * (1 - share);
    String text =
        "%s  %3.0f %%  loss %.4f  %,.0f words/s  %s left"
            .formatted(report.place(), 100 * share, loss, speed, StatusLine.clock(left));
    if (Math.abs(epochsNow - Math.rint(epochsNow)) < 1e-9) { // an epoch ends
      status.print(text);
    } else {
      status.show(text);
    }
  }

  /** The earlier lines of what is not trained again; a torn last line is left out. */
  private List<String> kept(double epochs) {
    List<String> kept = new ArrayList<>();
    for (String text : earlier) {
      try {
        if (!(JSON.readTree(text).path("epochs").asDouble(Double.MAX_VALUE) <= epochs + 1e-9)) {
          break;
        }
        kept.add(text);
      } catch (JsonProcessingException e) {
        break;
      }
    }
    return kept;
  }

  private void write(String line) {
    try {
      out.write((line + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("metrics.jsonl cannot be written", e);
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
    return loss;
  }

  /** Words of the corpus trained by this process, each as often as it was seen. */
  long words() {
    return words;
  }

  /** Since the words were counted. */
  double seconds() {
    return (System.nanoTime() - begin) / 1e9;
  }

  @Override
  public void close() {
    try {
      if (out != null) {
        out.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("metrics.jsonl cannot be written", e);
    }
  }
}
