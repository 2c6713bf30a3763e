package dev.braid.jobs.picture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.task.classification.Classification;
import java.util.List;

/** Which classes are taken for which, and how each is found. */
public final class ClassificationPicture implements Picture {
  @Override
  public String task() {
    return "classification";
  }

  @Override
  public String html(Metrics metrics, List<String> classes) {
    return confusion(metrics, classes).html() + hits(metrics, classes).html();
  }

  @Override
  public String text(Metrics metrics, List<String> classes) {
    return hits(metrics, classes).text() + confusion(metrics, classes).text();
  }

  @Override
  public void describe(Metrics metrics, List<String> classes, ObjectNode json) {
    hits(metrics, classes).describe(json.putArray("classes"));
    confusion(metrics, classes).describe(json.putArray("confusion"));
  }

  private static ClassHits hits(Metrics metrics, List<String> classes) {
    return new ClassHits(((Classification) metrics).hits(), classes);
  }

  private static ConfusionTable confusion(Metrics metrics, List<String> classes) {
    Classification counts = (Classification) metrics;
    return new ConfusionTable(counts.numClasses(), counts::count, classes);
  }
}
