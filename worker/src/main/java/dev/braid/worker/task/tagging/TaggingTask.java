package dev.braid.worker.task.tagging;

import static dev.braid.worker.Check.require;

import dev.braid.worker.loss.Loss;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.task.ClassCodec;
import dev.braid.worker.task.ClassNames;
import dev.braid.worker.task.Decoder;
import dev.braid.worker.task.LabelCodec;
import dev.braid.worker.task.MetricOptions;
import dev.braid.worker.task.Task;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

/**
 * A tag for each word of a sentence; a label is the list of its words' tags.
 *
 * @param scheme how tags mark the words of an entity: BIO, IOBES, IO, or none; by default what the
 *     tags of the training examples look like. Tags that break it are refused, and none are given
 */
public record TaggingTask(TagScheme scheme) implements Task {
  static final String NAME = "tagging";

  /** Of tags whose scheme is told by what they look like. */
  public TaggingTask() {
    this(null);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean hasClasses() {
    return true;
  }

  @Override
  public boolean isAlongTime() {
    return true;
  }

  /**
   * The tags in the order of their text.
   *
   * @throws dev.braid.worker.WrongSettings if one is none of the scheme that is set
   */
  @Override
  public List<String> classes(int width, Collection<String> names) {
    if (scheme != null) {
      names.forEach(scheme::requireTag);
    }
    return ClassNames.sorted(names);
  }

  /** How these tags mark entities: as the settings say, or as they look. */
  public TagScheme schemeOf(List<String> tags) {
    return scheme == null ? TagScheme.of(tags) : scheme;
  }

  private TagPath path(List<String> tags) {
    return new TagPath(schemeOf(tags), tags);
  }

  @Override
  public LabelCodec codec(List<String> classes) {
    return new TagCodec(new ClassCodec(classes), schemeOf(classes));
  }

  @Override
  public void requireFits(OutputPlan output) {
    require(
        output.loss().labels() == Loss.Labels.CLASSES,
        "output '%s': tagging takes the loss crossEntropy, or crf; binaryCrossEntropy over two tags"
            + " is classification along time",
        output.name());
    require(
        output.shape().rank() == 2,
        "output '%s' gives %s for an example, but tagging needs a step for each word; let the"
            + " layers before it keep time, as in lstm: {sequence: true}",
        output.name(),
        output.shape());
  }

  @Override
  public Decoder decoder(OutputPlan output, List<String> classes) {
    return new TagDecoder(path(classes));
  }

  @Override
  public Metrics metrics(OutputPlan output, List<String> classes, MetricOptions options) {
    return new Tagging(path(classes));
  }

  @Override
  public Metrics readMetrics(DataInputStream in) throws IOException {
    return Tagging.read(in);
  }
}
