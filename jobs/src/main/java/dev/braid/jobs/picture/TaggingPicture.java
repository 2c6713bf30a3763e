package dev.braid.jobs.picture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.evaluation.MistakenExample;
import dev.braid.worker.metric.Hits;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.task.tagging.Tagging;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How entities of each type are found, which are taken for which, and the sentences with most words
 * wrong, with what is there and what was marked.
 */
public final class TaggingPicture implements Picture {
  private static final String NO_ENTITY = "no entity";

  @Override
  public String task() {
    return "tagging";
  }

  @Override
  public String html(Metrics metrics, List<String> classes) {
    Tagging counts = (Tagging) metrics;
    return counts.types().isEmpty() ? "" : confusion(counts).html() + hits(counts).html();
  }

  @Override
  public String text(Metrics metrics, List<String> classes) {
    Tagging counts = (Tagging) metrics;
    return counts.types().isEmpty() ? "" : hits(counts).text() + confusion(counts).text();
  }

  @Override
  public void describe(Metrics metrics, List<String> classes, ObjectNode json) {
    Tagging counts = (Tagging) metrics;
    hits(counts).describe(json.putArray("classes"));
    confusion(counts).describe(json.putArray("confusion"));
  }

  private static ClassHits hits(Tagging counts) {
    List<Hits> hits = IntStream.range(0, counts.types().size()).mapToObj(counts::hits).toList();
    return new ClassHits(hits, counts.types());
  }

  /** The types, and no entity of the same words as the last. */
  private static ConfusionTable confusion(Tagging counts) {
    List<String> names = new ArrayList<>(counts.types());
    names.add(NO_ENTITY);
    return new ConfusionTable(names.size(), counts::count, names);
  }

  @Override
  public Optional<String> mistakes(
      List<MistakenExample> examples, ModelDescription model, int output) {
    return TaggedSentence.canShow(model)
        ? Optional.of(
            TaggedSentence.html(
                examples.stream().map(each -> TaggedSentence.of(each, model, output)).toList()))
        : Optional.empty();
  }
}
