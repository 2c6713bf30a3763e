package dev.braid.driver.inference;

import dev.braid.driver.inference.output.Counts;
import dev.braid.driver.source.row.Item;
import dev.braid.driver.source.row.Placed;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.task.Tasks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a task counts of the rows that it has scored. */
final class RowCounts {
  private final ModelFacts facts;
  private final List<GivenLabels> labels;
  private final List<Metrics> metrics = new ArrayList<>();
  private final double[][] predictions;
  private final double[] inputSums;
  private final Survey survey = new Survey();
  private long rows;
  private long quarantined;
  private long labelled;

  RowCounts(ModelFacts facts) {
    this.facts = facts;
    this.labels = facts.outputs().stream().map(output -> new GivenLabels(output.labels())).toList();
    this.predictions = facts.newSums();
    this.inputSums = new double[facts.numInputMeans()];
    facts.outputs().forEach(output -> metrics.add(Tasks.metrics(output.blankMetrics())));
  }

  /** Counts a row, or all those of a file, that cannot be scored. */
  void setAside(Placed<?> placed, String reason) {
    survey.setAside(placed, reason);
    quarantined += placed.numRows();
  }

  /**
   * Counts a row with its answers.
   *
   * @param answers per output
   */
  void add(Placed<Item> placed, float[][] answers) {
    rows++;
    facts.addPredictions(predictions, answers);
    facts.addInputs(inputSums, placed.value().inputs());
    survey.add(facts, placed, answers);
    boolean counted = false;
    for (int i = 0; i < answers.length; i++) {
      float[] label = label(i, placed.value(), answers[i]);
      if (label != null) {
        metrics.get(i).add(1, answers[i], label);
        counted = true;
      }
    }
    labelled += counted ? 1 : 0;
  }

  private float[] label(int output, Item item, float[] answer) {
    GivenLabels own = labels.get(output);
    if (own.areOfInputs()) {
      return own.ofInputs(item.inputs());
    }
    ModelFacts.Output known = facts.outputs().get(output);
    return own.numbers(item.labels()[output], known.labels().width() * known.steps(answer));
  }

  /** All counts so far. */
  Counts counts() {
    return new Counts(
        rows,
        quarantined,
        labelled,
        0,
        Arrays.stream(predictions).flatMapToDouble(Arrays::stream).toArray(),
        inputSums,
        metrics.stream().map(Metrics::toBytes).toList());
  }

  /** What it has seen so far. */
  Survey survey() {
    return survey;
  }
}
