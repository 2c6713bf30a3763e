package dev.braid.driver.evaluation;

import static dev.braid.worker.Check.require;

import dev.braid.driver.data.Shards;
import dev.braid.driver.run.ReplicaPool;
import dev.braid.driver.run.RunContext;
import dev.braid.driver.run.RunJobs;
import dev.braid.driver.run.Stop;
import dev.braid.driver.source.example.Labels;
import dev.braid.driver.wire.JavaBytes;
import dev.braid.driver.wire.SentState;
import dev.braid.driver.wire.WireFormat;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.state.State;
import dev.braid.worker.task.Task;
import dev.braid.worker.task.Tasks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * How a model does on labelled examples: counted on the executors, merged in the order of the
 * shards.
 *
 * @param loss sum over the outputs of their losses times their weights, each a mean over all of its
 *     labels that are present; in inference mode, without L1 and L2
 * @param examples scored
 * @param outputs per output of the network, by name, its metrics
 * @param weighted the same metrics of labels that weigh; empty where all weigh the same
 * @param mistakes per output that classifies examples the surest ones, of a bounded number
 */
public record Evaluation(
    double loss,
    long examples,
    Map<String, Metrics> outputs,
    Map<String, Metrics> weighted,
    List<Mistake> mistakes) {

  /** What Spark's jobs are called that score outside of a training. */
  public static final String SCORING = "scoring";

  /**
   * Scores examples outside of a training.
   *
   * @param blank per output of the network, by name, metrics that have counted nothing yet
   */
  public static Evaluation run(
      JavaSparkContext sc, Shards shards, State state, RunSpec spec, Map<String, Metrics> blank) {
    Broadcast<byte[]> sent = ReplicaPool.begin(sc, spec);
    try (RunJobs jobs = new RunJobs(sc, RunContext.DEFAULT_JOB_MINUTES, new Stop())) {
      return run(jobs, shards, state, sent, blank, SCORING);
    } finally {
      ReplicaPool.end(sent);
    }
  }

  /** Per output of a network, by name, blank metrics of the task that the output suggests. */
  public static Map<String, Metrics> blank(Blueprint plan) {
    List<Labels> labels = new ArrayList<>();
    for (OutputPlan output : plan.outputs()) {
      Task task = Tasks.suggestedBy(output);
      labels.add(new Labels(output.name(), task, output.labelWidth(), task.classes(output)));
    }
    return MetricSettings.DEFAULT.blank(plan, labels);
  }

  /** Scores examples with the replicas of a training. */
  public static Evaluation run(
      RunJobs jobs,
      Shards shards,
      State state,
      Broadcast<byte[]> spec,
      Map<String, Metrics> blank,
      String description) {
    State needed = state.withoutSlots();
    try (SentState sent = SentState.send(jobs.sc(), needed, WireFormat.FLOAT32)) {
      List<byte[]> templates = blank.values().stream().map(Metrics::toBytes).toList();
      List<Integer> all = IntStream.range(0, shards.count()).boxed().toList();
      EvaluationTask task = new EvaluationTask(spec, sent, templates);
      return merge(jobs.run(shards.rdd(), all, task, description), blank);
    }
  }

  private static Evaluation merge(byte[][][] answers, Map<String, Metrics> blank) {
    Map<String, Metrics> outputs = copies(blank);
    boolean weighs = answers[0].length > 2 * blank.size() + 1;
    Map<String, Metrics> weighted = weighs ? copies(blank) : Map.of();
    List<EvaluationTask.Sum.OfOutput> sums = new ArrayList<>();
    List<Mistakes> mistakes = outputs.keySet().stream().map(Mistakes::new).toList();
    long examples = 0;
    for (byte[][] answer : answers) {
      EvaluationTask.Sum sum =
          JavaBytes.read(answer[0], EvaluationTask.Sum.class, "sums of losses");
      for (int k = 0; k < sum.outputs().size(); k++) {
        EvaluationTask.Sum.OfOutput of = sum.outputs().get(k);
        if (k == sums.size()) {
          sums.add(of);
        } else {
          EvaluationTask.Sum.OfOutput before = sums.get(k);
          sums.set(
              k,
              new EvaluationTask.Sum.OfOutput(
                  before.labels() + of.labels(), before.lossSum() + of.lossSum()));
        }
      }
      examples += sum.examples();
      int output = 1;
      for (Metrics metrics : outputs.values()) {
        metrics.merge(Tasks.metrics(answer[output]));
        mistakes.get(output - 1).merge(answer[outputs.size() + output]);
        output++;
      }
      int next = 2 * outputs.size() + 1;
      for (Metrics metrics : weighted.values()) {
        metrics.merge(Tasks.metrics(answer[next++]));
      }
    }
    List<Mistake> surest = mistakes.stream().flatMap(of -> of.list().stream()).toList();
    return new Evaluation(loss(sums), examples, outputs, weighted, surest);
  }

  private static Map<String, Metrics> copies(Map<String, Metrics> blank) {
    Map<String, Metrics> copies = new LinkedHashMap<>();
    blank.forEach((name, metrics) -> copies.put(name, Tasks.metrics(metrics.toBytes())));
    return copies;
  }

  /** An output without a label has no part in it; NaN where none has one. */
  private static double loss(List<EvaluationTask.Sum.OfOutput> sums) {
    return sums.stream()
        .filter(sum -> sum.labels() > 0)
        .mapToDouble(sum -> sum.lossSum() / sum.labels())
        .reduce(Double::sum)
        .orElse(Double.NaN);
  }

  /**
   * The loss and all metrics by name: {@code accuracy}, or with several outputs {@code
   * output.accuracy}. What has no meaning on these examples is left out.
   */
  public Map<String, Double> values() {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("loss", loss);
    Map<String, Metrics> counted = weighted.isEmpty() ? outputs : weighted;
    counted.forEach(
        (output, metrics) ->
            metrics
                .values()
                .forEach((name, value) -> values.put(prefix(output, outputs) + name, value)));
    return values;
  }

  /**
   * The names that {@link #values} may have, in the order to show them.
   *
   * @param outputs per output of the network, by name, its metrics
   */
  public static List<String> names(Map<String, Metrics> outputs) {
    List<String> names = new ArrayList<>(List.of("loss"));
    outputs.forEach(
        (output, metrics) ->
            metrics.names().forEach(name -> names.add(prefix(output, outputs) + name)));
    return names;
  }

  /**
   * Does nothing when the loss is a number, or when there was no label to take it of.
   *
   * @param examples what was scored, for the message
   * @throws IllegalStateException when the model's answers are no numbers
   */
  public void requireFinite(String examples) {
    boolean anyLabel = outputs.values().stream().anyMatch(metrics -> !metrics.values().isEmpty());
    if (anyLabel && !Double.isFinite(loss)) {
      throw new IllegalStateException(
          "the loss on %s is %s: the model's answers leave the range of numbers"
              .formatted(examples, loss));
    }
  }

  /** The value of the metric of this name, or NaN where it has no meaning on these examples. */
  public double value(String metric) {
    require(
        names(outputs).contains(metric),
        "there is no metric '%s'; known metrics: %s",
        metric,
        String.join(", ", names(outputs)));
    return values().getOrDefault(metric, Double.NaN);
  }

  /** Whether more of a metric is better; less is, of the loss and of errors. */
  public boolean isBetterHigher(String metric) {
    return outputs.entrySet().stream()
        .anyMatch(
            output -> {
              String prefix = prefix(output.getKey(), outputs);
              String name = metric.substring(Math.min(prefix.length(), metric.length()));
              return metric.startsWith(prefix)
                  && output.getValue().names().contains(name)
                  && output.getValue().isBetterHigher(name);
            });
  }

  private static String prefix(String output, Map<String, Metrics> outputs) {
    return outputs.size() == 1 ? "" : output + ".";
  }
}
