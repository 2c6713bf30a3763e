package dev.braid.driver.inference;

import dev.braid.driver.inference.output.Counts;
import dev.braid.driver.inference.output.Quarantine;
import dev.braid.driver.source.column.InputPlan;
import dev.braid.driver.source.row.Item;
import dev.braid.driver.source.row.Placed;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.inference.Predictor;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.task.Tasks;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/**
 * One task's share: rows in, rows with predictions out, in their order, one batch in memory at a
 * time. What cannot be scored goes to the quarantine.
 *
 * @param quarantineFolder where it is written
 * @param application Spark's name of this run: executors of one that was killed may still write
 * @param ended tasks add their counts when they have scored their last row; each counts once,
 *     however often it was tried, as no shuffle follows
 */
record ScoringTask(
    ScoringSpec spec,
    Broadcast<byte[]> model,
    Broadcast<SerializableConfiguration> hadoop,
    String quarantineFolder,
    String application,
    CollectionAccumulator<TaskCounts> ended)
    implements FlatMapFunction<Iterator<Placed<Item>>, Row> {

  @Override
  public Iterator<Row> call(Iterator<Placed<Item>> items) {
    return new Scored(this, items, TaskContext.get());
  }

  private static final class Scored implements Iterator<Row> {
    private final ScoringTask task;
    private final ScoringSpec spec;
    private final ModelFacts facts;
    private final Answers answers;
    private final Iterator<Placed<Item>> items;
    private final TaskContext context;
    private final Predictors predictors;
    private final Predictor predictor;
    private final Quarantine quarantine;
    private final ArrayDeque<Row> ready = new ArrayDeque<>();
    private final List<GivenLabels> labels;

    /** Per output; null where its answers cannot be compared. */
    private final List<Metrics> metrics = new ArrayList<>();

    private final double[][] predictions;
    private final double[] inputSums;
    private final Survey survey = new Survey();
    private long rows;
    private long quarantined;
    private long labelled;
    private boolean closed;

    Scored(ScoringTask task, Iterator<Placed<Item>> items, TaskContext context) {
      this.task = task;
      this.spec = task.spec();
      this.facts = spec.facts();
      this.answers = new Answers(spec);
      this.items = items;
      this.context = context;
      this.predictors = Predictors.of(task.model().value(), spec.foreign());
      this.predictor = predictors.take();
      this.quarantine =
          new Quarantine(
              task.quarantineFolder(),
              "part-%05d-%s-%d.jsonl"
                  .formatted(context.partitionId(), task.application(), context.taskAttemptId()),
              task.hadoop().value().value());
      this.labels =
          facts.outputs().stream().map(output -> new GivenLabels(output.labels())).toList();
      Counts none = Counts.none(facts);
      this.predictions = facts.newSums();
      this.inputSums = none.inputSums();
      none.metrics().forEach(bytes -> metrics.add(bytes.length == 0 ? null : Tasks.metrics(bytes)));
      TaskCompletionListener whenOver = ignored -> release();
      context.addTaskCompletionListener(whenOver);
    }

    private void release() {
      if (!closed) {
        closed = true;
        predictors.giveBack(predictor, true);
        quarantine.close();
      }
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && !closed) {
        context.killTaskIfInterrupted(); // where the run was asked to stop
        List<Placed<Item>> batch = batch();
        if (batch.isEmpty()) {
          end();
        } else {
          score(batch);
        }
      }
      return !ready.isEmpty();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.poll();
    }

    private List<Placed<Item>> batch() {
      List<Placed<Item>> batch = new ArrayList<>(spec.batchSize());
      while (batch.size() < spec.batchSize() && items.hasNext()) {
        Placed<Item> item = items.next();
        if (item.isBroken()) {
          setAside(item, item.problem());
        } else {
          batch.add(item);
        }
      }
      return batch;
    }

    private void setAside(Placed<Item> item, String reason) {
      quarantine.add(item, reason);
      survey.setAside(item, reason);
      quarantined += item.numRows();
    }

    private void end() {
      release();
      List<byte[]> counted =
          metrics.stream().map(own -> own == null ? new byte[0] : own.toBytes()).toList();
      double[] sums = Arrays.stream(predictions).flatMapToDouble(Arrays::stream).toArray();
      Counts counts = new Counts(rows, quarantined, labelled, 0, sums, inputSums, counted);
      task.ended().add(new TaskCounts(context.partitionId(), counts, quarantine.written(), survey));
    }

    /** Where the model refuses a batch its rows are asked one by one, to find those it means. */
    private void score(List<Placed<Item>> batch) {
      try {
        put(batch, answer(batch));
      } catch (IllegalArgumentException e) {
        if (batch.size() == 1) {
          setAside(batch.get(0), e.getMessage());
        } else {
          batch.forEach(item -> score(List.of(item)));
        }
      }
    }

    private float[][] answer(List<Placed<Item>> batch) {
      float[][] inputs = new float[facts.inputs().size()][];
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] = input(batch, i);
      }
      return predictor.answer(MiniBatch.unlabelled(batch.size(), inputs));
    }

    private float[] input(List<Placed<Item>> batch, int input) {
      int width = facts.inputs().get(input).shape().size();
      Normaliser normaliser = facts.inputs().get(input).normaliser();
      float[] numbers = new float[batch.size() * width];
      for (int i = 0; i < batch.size(); i++) {
        System.arraycopy(batch.get(i).value().inputs()[input], 0, numbers, i * width, width);
        if (!normaliser.isNone()) {
          normaliser.applyInPlace(numbers, i * width, width);
        }
      }
      return numbers;
    }

    private void put(List<Placed<Item>> batch, float[][] outputs) {
      for (int i = 0; i < batch.size(); i++) {
        Placed<Item> item = batch.get(i);
        float[][] answer = new float[outputs.length][];
        for (int k = 0; k < outputs.length; k++) {
          int width = outputs[k].length / batch.size();
          answer[k] = Arrays.copyOfRange(outputs[k], i * width, (i + 1) * width);
        }
        Optional<String> problem = problem(answer);
        if (problem.isPresent()) {
          setAside(item, problem.get());
        } else {
          put(item, answer);
        }
      }
    }

    private static Optional<String> problem(float[][] answer) {
      return Arrays.stream(answer)
          .filter(numbers -> !Blocks.isFinite(numbers))
          .findFirst()
          .map(numbers -> "the model's answer is not finite: " + Arrays.toString(numbers));
    }

    private void put(Placed<Item> item, float[][] answer) {
      count(item, answer);
      List<Object> values = new ArrayList<>();
      int kept = 0;
      for (String name : spec.input().keep()) {
        values.add(
            switch (name) {
              case InputPlan.FILE -> item.file();
              case InputPlan.ROW -> item.row();
              default -> item.value().kept()[kept++];
            });
      }
      answers.put(answer, values);
      ready.add(RowFactory.create(values.toArray()));
    }

    private void count(Placed<Item> item, float[][] answer) {
      rows++;
      facts.addPredictions(predictions, answer);
      facts.addInputs(inputSums, item.value().inputs());
      survey.add(facts, item, answer);
      boolean counted = false;
      for (int i = 0; i < answer.length; i++) {
        float[] label = label(i, item.value(), answer[i]);
        if (label != null && metrics.get(i) != null) {
          metrics.get(i).add(1, answer[i], label);
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
      ModelFacts.Output facts = this.facts.outputs().get(output);
      return own.numbers(item.labels()[output], facts.labels().width() * facts.steps(answer));
    }
  }
}
