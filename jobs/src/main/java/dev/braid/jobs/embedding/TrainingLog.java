package dev.braid.jobs.embedding;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.embedding.GlovePass;
import dev.braid.driver.embedding.RoundReport;
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
final class TrainingLog implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final RunFolder folder;
  private final StatusLine status;
  private final List<String> earlier;
  private final Course course;
  private final long begin = System.nanoTime();
  private OutputStream out;
  private double firstShare = Double.NaN;
  private int numReports;
  private long words;
  private double loss = Double.NaN;

  /**
   * @param earlier whether the folder's metrics are those of the run that goes on
   */
  TrainingLog(RunFolder folder, StatusLine status, boolean earlier) {
    this.folder = folder;
    this.status = status;
    this.earlier = earlier ? folder.lines("metrics.jsonl") : List.of();
    this.course = new Course("words");
  }

  /** A round of skip-gram. */
  void round(RoundReport report, int epochs) {
    double share = (double) report.doneTokens() / report.totalTokens();
    double before = (double) (report.doneTokens() - report.tokens()) / report.totalTokens();
    add(
        JSON.valueToTree(report),
        before,
        share,
        epochs,
        report.loss(),
        report.tokens(),
        report.seconds(),
        report.learningRate(),
        "epoch %d  round %,d".formatted(report.epoch(), report.round()));
  }

  /** A pass of GloVe over {@code tokens} of the corpus. */
  void pass(GlovePass report, long tokens) {
    add(
        JSON.valueToTree(report),
        (report.pass() - 1.0) / report.passes(),
        (double) report.pass() / report.passes(),
        report.passes(),
        report.loss(),
        tokens,
        report.seconds(),
        Double.NaN,
        "pass %d".formatted(report.pass()));
  }

  private void add(
      ObjectNode line,
      double shareBefore,
      double share,
      int epochs,
      double lossNow,
      long wordsNow,
      double seconds,
      double learningRate,
      String where) {
    if (out == null) {
      out = folder.open("metrics.jsonl");
      firstShare = shareBefore;
      kept(shareBefore * epochs).forEach(this::write);
    }
    line.put("epochs", share * epochs).put("wordsPerSecond", wordsNow / seconds);
    write(line.toString());
    course.add(share * epochs, lossNow, wordsNow / seconds, learningRate);
    numReports++;
    words += wordsNow;
    loss = lossNow;
    double left = seconds() / (share - firstShare) * (1 - share);
    String text =
        "%s  %3.0f %%  loss %.4f  %,.0f words/s  %s left"
            .formatted(where, 100 * share, lossNow, wordsNow / seconds, StatusLine.clock(left));
    boolean epochEnds = Math.abs(share * epochs - Math.rint(share * epochs)) < 1e-9;
    if (epochEnds) {
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

  /** Since this log was made. */
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
