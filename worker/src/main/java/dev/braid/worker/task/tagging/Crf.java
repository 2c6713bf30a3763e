package dev.braid.worker.task.tagging;

import dev.braid.worker.loss.Loss;
import dev.braid.worker.loss.LossBatch;
import dev.braid.worker.parameter.Initialiser;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.state.Segment.Penalty;
import dev.braid.worker.state.Segment.Role;
import java.util.Arrays;
import java.util.List;

/**
 * -log of the probability of a sentence's tags in a {@link LinearChain}, whose transitions are
 * learned with the network: the sum over all sentences, divided by the number of their words. A tag
 * that is missing may be any. What users see is 1 for the tags of the best path and 0 for others.
 */
public record Crf() implements Loss {
  @Override
  public String name() {
    return "crf";
  }

  @Override
  public Labels labels() {
    return Labels.CLASSES;
  }

  /** From one tag (row) to the next (column); from the beginning; to the end. */
  @Override
  public List<Parameter> parameters(int units) {
    return List.of(
        zeros("transitions", List.of(units, units)),
        zeros("start", List.of(units)),
        zeros("end", List.of(units)));
  }

  private static Parameter zeros(String name, List<Integer> shape) {
    return new Parameter(
        name, shape, Role.BIAS, List.of(Initialiser.read("zeros")), 1, 1, Penalty.OF_THE_TRAINING);
  }

  @Override
  public double of(LossBatch batch) {
    ChainMemory memory = batch.kept(ChainMemory.class, ChainMemory::new);
    memory.begin(batch);
    double weights = 0;
    for (int i = 0; i < batch.size(); i++) {
      weights += weight(batch, i) * numTagged(batch, i);
    }
    double sum = 0;
    for (int i = 0; i < batch.size(); i++) {
      double weight = weight(batch, i);
      if (weight > 0) {
        sum += weight * memory.loss(batch, i, weight / weights);
      }
    }
    memory.end(batch);
    return weights > 0 ? sum / weights : 0;
  }

  /** The mean weight of a sentence's labels; 0 where it has none. */
  private static double weight(LossBatch batch, int example) {
    double sum = 0;
    int from = example * batch.steps();
    for (int row = from; row < from + batch.length(example); row++) {
      sum += Float.isNaN(batch.labels()[row]) ? 0 : batch.rowWeight(row);
    }
    int tagged = numTagged(batch, example);
    return tagged == 0 ? 0 : sum / tagged;
  }

  private static int numTagged(LossBatch batch, int example) {
    int tagged = 0;
    int from = example * batch.steps();
    for (int row = from; row < from + batch.length(example); row++) {
      tagged += Float.isNaN(batch.labels()[row]) ? 0 : 1;
    }
    return tagged;
  }

  @Override
  public boolean answers() {
    return true;
  }

  @Override
  public void answer(LossBatch batch) {
    ChainMemory memory = batch.kept(ChainMemory.class, ChainMemory::new);
    memory.begin(batch);
    double[] outputs = batch.outputs();
    for (int i = 0; i < batch.size(); i++) {
      int[] tags = memory.best(batch, i);
      int from = i * batch.steps();
      Arrays.fill(outputs, from * batch.units(), (from + batch.steps()) * batch.units(), 0);
      for (int t = 0; t < tags.length; t++) {
        outputs[(from + t) * batch.units() + tags[t]] = 1;
      }
    }
  }
}
