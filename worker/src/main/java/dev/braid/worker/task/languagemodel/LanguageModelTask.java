package dev.braid.worker.task.languagemodel;

import static dev.braid.worker.Check.require;

import dev.braid.worker.metric.Metrics;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.task.Decoder;
import dev.braid.worker.task.LabelCodec;
import dev.braid.worker.task.MetricOptions;
import dev.braid.worker.task.Task;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

/**
 * The next token of a text, at each step. Texts are their own labels, and the classes are the
 * tokens that the texts' vocabulary knows, by their ids.
 */
public record LanguageModelTask() implements Task {
  static final String NAME = "languageModel";

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

  @Override
  public boolean isOfInputs() {
    return true;
  }

  /** The tokens in the order of their ids, as they are given. */
  @Override
  public List<String> classes(int width, Collection<String> tokens) {
    return List.copyOf(tokens);
  }

  @Override
  public LabelCodec codec(List<String> tokens) {
    return new NextToken(tokens);
  }

  @Override
  public void requireFits(OutputPlan output) {
    require(
        output.isAlongTime() && output.labels() == OutputPlan.Labels.CLASS_INDEX,
        "task %s: output '%s' tells the next token at each step by loss crossEntropy, but its loss"
            + " is %s and it gives %s",
        NAME,
        output.name(),
        output.loss(),
        output.shape());
  }

  @Override
  public Decoder decoder(OutputPlan output, List<String> tokens) {
    return new NextTokenDecoder(output.numUnits(), tokens);
  }

  @Override
  public Metrics metrics(OutputPlan output, List<String> tokens, MetricOptions options) {
    requireFits(output);
    return new Perplexity(output.numUnits());
  }

  @Override
  public Metrics readMetrics(DataInputStream in) throws IOException {
    return Perplexity.read(in);
  }
}
