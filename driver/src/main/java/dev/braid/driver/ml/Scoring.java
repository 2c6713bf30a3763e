package dev.braid.driver.ml;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelFile;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.optimizer.Sgd;
import dev.braid.worker.optimizer.UpdateRule;
import dev.braid.worker.state.State;
import dev.braid.worker.torch.TorchReplicaSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;
import scala.collection.Seq;

/**
 * Adds a network's answers to the rows of a partition, some hundred rows at a time.
 *
 * @param file the bytes of a model file
 * @param features place of the column the network reads
 * @param column its name, for messages
 * @param answers makes the values to add
 */
record Scoring(Broadcast<byte[]> file, int features, String column, Answers answers)
    implements MapPartitionsFunction<Row, Row> {
  private static final int BATCH = 256;

  @Override
  public Iterator<Row> call(Iterator<Row> rows) throws IOException {
    if (!rows.hasNext()) {
      return Collections.emptyIterator();
    }
    byte[] bytes = file.value();
    Model model = ModelFile.read(new ByteArrayInputStream(bytes), bytes.length);
    NetworkPlan plan = (NetworkPlan) model.description().plan();
    Replica replica = new TorchReplicaSource(plan, new UpdateRule(new Sgd(null))).create();
    TaskCompletionListener close = context -> replica.close();
    TaskContext.get().addTaskCompletionListener(close);
    replica.load(new State(model.params(), List.of(), model.statistics()));
    int width = plan.inputs().values().iterator().next().size();
    return new Iterator<>() {
      private Iterator<Row> scored = Collections.emptyIterator();

      @Override
      public boolean hasNext() {
        return scored.hasNext() || rows.hasNext();
      }

      @Override
      public Row next() {
        if (!scored.hasNext()) {
          List<Row> batch = new ArrayList<>(BATCH);
          while (batch.size() < BATCH && rows.hasNext()) {
            batch.add(rows.next());
          }
          scored = score(batch, replica, width).iterator();
        }
        return scored.next();
      }
    };
  }

  private List<Row> score(List<Row> batch, Replica replica, int width) {
    float[] inputs = new float[batch.size() * width];
    for (int i = 0; i < batch.size(); i++) {
      put(batch.get(i), inputs, i * width, width);
    }
    float[] outputs =
        replica.output(new MiniBatch(batch.size(), new float[][] {inputs}, new float[0][]))[0];
    int outputWidth = outputs.length / batch.size();
    List<Row> scored = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      Row row = batch.get(i);
      Object[] added = answers.values(outputs, i * outputWidth, outputWidth);
      Object[] values = new Object[row.size() + added.length];
      for (int k = 0; k < row.size(); k++) {
        values[k] = row.get(k);
      }
      System.arraycopy(added, 0, values, row.size(), added.length);
      scored.add(RowFactory.create(values));
    }
    return scored;
  }

  private void put(Row row, float[] inputs, int from, int width) {
    Object value = row.get(features);
    double[] numbers =
        value instanceof Vector vector
            ? vector.toArray()
            : value instanceof Seq<?> values ? numbers(values) : new double[0];
    if (numbers.length != width) {
      throw new IllegalArgumentException(
          "column '%s' holds %d numbers, but the network was trained on %d: row %s"
              .formatted(column, numbers.length, width, row));
    }
    if (!Arrays.stream(numbers).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException(
          "column '%s' is not finite: row %s".formatted(column, row));
    }
    for (int k = 0; k < width; k++) {
      inputs[from + k] = (float) numbers[k];
    }
  }

  private static double[] numbers(Seq<?> values) {
    double[] numbers = new double[values.size()];
    for (int k = 0; k < numbers.length; k++) {
      numbers[k] = values.apply(k) instanceof Number number ? number.doubleValue() : Double.NaN;
    }
    return numbers;
  }
}
