package dev.braid.jobs.task;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.jobs.picture.Picture;
import dev.braid.worker.metric.Metrics;
import java.util.List;

/** A compass. */
public final class DirectionPicture implements Picture {
  @Override
  public String task() {
    return "direction";
  }

  @Override
  public String html(Metrics metrics, List<String> classes) {
    return "<h2>A compass</h2>";
  }

  @Override
  public String text(Metrics metrics, List<String> classes) {
    return "a compass%n".formatted();
  }

  @Override
  public void describe(Metrics metrics, List<String> classes, ObjectNode json) {
    json.put("compass", true);
  }
}
