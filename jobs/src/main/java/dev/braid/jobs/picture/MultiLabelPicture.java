package dev.braid.jobs.picture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.task.multilabel.MultiLabel;
import java.util.List;

/** How each property is found. */
public final class MultiLabelPicture implements Picture {
  @Override
  public String task() {
    return "multiLabel";
  }

  @Override
  public String html(Metrics metrics, List<String> classes) {
    return hits(metrics, classes).html();
  }

  @Override
  public String text(Metrics metrics, List<String> classes) {
    return hits(metrics, classes).text();
  }

  @Override
  public void describe(Metrics metrics, List<String> classes, ObjectNode json) {
    hits(metrics, classes).describe(json.putArray("classes"));
  }

  private static ClassHits hits(Metrics metrics, List<String> classes) {
    return new ClassHits(((MultiLabel) metrics).hits(), classes);
  }
}
