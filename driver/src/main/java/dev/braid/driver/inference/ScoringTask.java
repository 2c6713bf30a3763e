package dev.braid.driver.inference;

import dev.braid.driver.inference.output.Quarantine;
import dev.braid.driver.source.column.InputPlan;
import dev.braid.driver.source.row.Item;
import dev.braid.driver.source.row.Placed;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.inference.Predictor;
import dev.braid.worker.state.Blocks;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
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
    private final NearLengths near;
    private final Iterator<Placed<Item>> items;
    private final TaskContext context;
    private final Predictors predictors;
    private final Predictor predictor;
    private final Quarantine quarantine;
    private final ArrayDeque<Row> ready = new ArrayDeque<>();
    private final RowCounts counts;
    private boolean closed;

    Scored(ScoringTask task, Iterator<Placed<Item>> items, TaskContext context) {
      this.task = task;
      this.spec = task.spec();
      this.facts = spec.facts();
      this.answers = new Answers(spec);
      this.near = new NearLengths(facts, spec.batchSize());
      this.items = items;
      this.context = context;
      this.predictors = Predictors.of(task.model().value(), spec.loading());
      this.predictor = predictors.take();
      this.quarantine =
          new Quarantine(
              task.quarantineFolder(),
              "part-%05d-%s-%d.jsonl"
                  .formatted(context.partitionId(), task.application(), context.taskAttemptId()),
              task.hadoop().value().value());
      this.counts = new RowCounts(facts);
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
        List<Placed<Item>> window = window();
        if (window.isEmpty()) {
          end();
        } else {
          score(window);
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

    private List<Placed<Item>> window() {
      List<Placed<Item>> window = new ArrayList<>();
      while (window.size() < near.window() && items.hasNext()) {
        Placed<Item> item = items.next();
        if (item.isBroken()) {
          setAside(item, item.problem());
        } else {
          window.add(item);
        }
      }
      return window;
    }

    private void setAside(Placed<Item> item, String reason) {
      quarantine.add(item, reason);
      counts.setAside(item, reason);
    }

    private void end() {
      release();
      task.ended()
          .add(
              new TaskCounts(
                  context.partitionId(), counts.counts(), quarantine.written(), counts.survey()));
    }

    /** Scores rows in the order of their lengths, and puts them out in their own. */
    private void score(List<Placed<Item>> window) {
      Row[] rows = new Row[window.size()];
      List<Item> items = window.stream().map(Placed::value).toList();
      for (List<Integer> places : near.batches(items)) {
        context.killTaskIfInterrupted(); // where the run was asked to stop
        score(window, places, rows);
      }
      Arrays.stream(rows).filter(Objects::nonNull).forEach(ready::add);
    }

    /** Where the model refuses a batch its rows are asked one by one, to find those it means. */
    private void score(List<Placed<Item>> window, List<Integer> places, Row[] rows) {
      MiniBatch batch =
          near.miniBatch(places.stream().map(place -> window.get(place).value()).toList());
      float[][] outputs;
      try {
        outputs = predictor.answer(batch);
      } catch (IllegalArgumentException e) {
        if (places.size() == 1) {
          setAside(window.get(places.get(0)), e.getMessage());
        } else {
          places.forEach(place -> score(window, List.of(place), rows));
        }
        return;
      }
      int[][] steps = new int[outputs.length][];
      Arrays.setAll(steps, k -> predictor.steps(k, batch));
      for (int i = 0; i < places.size(); i++) {
        float[][] answer = new float[outputs.length][];
        for (int k = 0; k < outputs.length; k++) {
          answer[k] = facts.outputs().get(k).answer(outputs[k], batch.size(), i, steps[k]);
        }
        rows[places.get(i)] = row(window.get(places.get(i)), answer);
      }
    }

    /** A row of the output; null where its answer is none. */
    private Row row(Placed<Item> item, float[][] answer) {
      Optional<float[]> strange =
          Arrays.stream(answer).filter(numbers -> !Blocks.isFinite(numbers)).findFirst();
      if (strange.isPresent()) {
        setAside(item, "the model's answer is not finite: " + Arrays.toString(strange.get()));
        return null;
      }
      counts.add(item, answer);
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
      answers.put(answer, item.value().inputs(), values);
      return RowFactory.create(values.toArray());
    }
  }
}
