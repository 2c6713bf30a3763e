package dev.braid.jobs;

import static dev.braid.worker.Check.require;

import dev.braid.driver.data.Part;
import dev.braid.driver.source.Boxes;
import dev.braid.driver.source.Source;
import dev.braid.jobs.session.JobOptions;
import dev.braid.jobs.session.Session;
import dev.braid.jobs.settings.JobFile;
import dev.braid.worker.task.detection.Anchor;
import dev.braid.worker.task.detection.AnchorSearch;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code braid anchors JOB.yaml}: anchors for the boxes of a job's training examples. */
@Command(
    name = "anchors",
    description =
        "Choose anchors for the loss yolo: the shapes that the boxes of a job's training examples"
            + " have, by k-means on the IoU.")
final class AnchorsJob implements Callable<Integer> {
  private static final int MOST_COMPARED = 9;
  private static final int USUAL = 5;

  @Mixin private JobOptions options;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "How many; by default 1 to 9 are compared, and 5 are told.")
  private Integer count;

  @Override
  public Integer call() {
    JobFile job = options.read().as(JobFile.class);
    Source source = job.data().division().source();
    String setting = job.data().division().sourceSetting(Part.TRAIN);
    require(
        source instanceof Boxes,
        "%s: anchors are for pictures with boxes; name these by boxes",
        setting);
    List<Anchor> shapes = ((Boxes) source).shapes(setting, Session.hadoop());
    PrintWriter out = options.out();
    out.print(text(shapes, count, job.seed()));
    out.flush();
    return 0;
  }

  /** What is told of these shapes: how near anchors come to them, and the anchors. */
  static String text(List<Anchor> shapes, Integer count, long seed) {
    AnchorSearch search = new AnchorSearch(shapes);
    StringBuilder text = new StringBuilder();
    text.append(format("%,d boxes%n", shapes.size()));
    long distinct = shapes.stream().distinct().count();
    for (int k = 1; count == null && k <= Math.min(MOST_COMPARED, distinct); k++) {
      text.append(format("%d anchors: mean IoU %.3f%n", k, search.meanIou(search.find(k, seed))));
    }
    int chosen = count == null ? (int) Math.min(USUAL, distinct) : count;
    List<Anchor> anchors = search.find(chosen, seed);
    String numbers =
        anchors.stream()
            .map(anchor -> format("[%.4f, %.4f]", anchor.width(), anchor.height()))
            .collect(Collectors.joining(", "));
    return text.append(format("mean IoU %.3f%n", search.meanIou(anchors)))
        .append(format("anchors: [%s]%n", numbers))
        .toString();
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
