package dev.braid.jobs.task;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.task.AnswerColumn;
import dev.braid.worker.task.AnswerDetail;
import dev.braid.worker.task.AnswerType;
import dev.braid.worker.task.Decoder;
import dev.braid.worker.task.LabelCodec;
import dev.braid.worker.task.MetricOptions;
import dev.braid.worker.task.Task;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A direction: labels are written as a compass says them, a network gives an angle in radians, of
 * which whole turns count nothing.
 *
 * @param points of the compass, 4 by default, or 8
 */
public record DirectionTask(Integer points) implements Task {
  private static final List<String> COMPASS = List.of("E", "NE", "N", "NW", "W", "SW", "S", "SE");

  /** With the four points of a compass. */
  public DirectionTask() {
    this(null);
  }

  public DirectionTask {
    points = points == null ? 4 : points;
    if (points != 4 && points != 8) {
      throw new WrongSettings("points must be 4 or 8, got " + points);
    }
  }

  @Override
  public String name() {
    return "direction";
  }

  @Override
  public LabelCodec codec(List<String> classes) {
    return new Codec();
  }

  private record Codec() implements LabelCodec {
    @Override
    public float number(String label) {
      if (!COMPASS.contains(label)) {
        throw new WrongSettings("label '%s' is no direction".formatted(label));
      }
      return (float) (COMPASS.indexOf(label) * Math.PI / 4);
    }

    @Override
    public String text(float number) {
      return point(number, 8);
    }
  }

  private static String point(double angle, int points) {
    long turn = Math.round(angle / (2 * Math.PI) * points);
    return COMPASS.get(Math.floorMod(turn, points) * 8 / points);
  }

  @Override
  public void requireFits(OutputPlan output) {
    if (!output.loss().equals(new DirectionLoss())) {
      throw new WrongSettings("output '%s': set loss: direction".formatted(output.name()));
    }
  }

  @Override
  public Decoder decoder(OutputPlan output, List<String> classes) {
    return new Compass(points);
  }

  private record Compass(int points) implements Decoder {
    @Override
    public List<AnswerColumn> columns(AnswerDetail detail) {
      return List.of(
          new AnswerColumn("compass", AnswerType.Single.TEXT),
          new AnswerColumn("degrees", AnswerType.Single.NUMBER));
    }

    @Override
    public List<Object> answer(float[] numbers, int steps, AnswerDetail detail) {
      float degrees = (float) Math.toDegrees(numbers[0]);
      return List.of(point(numbers[0], points), degrees);
    }

    @Override
    public List<String> sums() {
      return COMPASS;
    }

    @Override
    public boolean countsAnswers() {
      return true;
    }

    @Override
    public void add(float[] numbers, int steps, double[] sums) {
      sums[COMPASS.indexOf(point(numbers[0], points))]++;
    }

    @Override
    public OptionalDouble confidence(float[] numbers, int steps) {
      return OptionalDouble.empty();
    }
  }

  @Override
  public Metrics metrics(OutputPlan output, List<String> classes, MetricOptions options) {
    return new Turns();
  }

  @Override
  public Metrics readMetrics(DataInputStream in) throws IOException {
    Turns turns = new Turns();
    turns.count = in.readLong();
    turns.sum = in.readDouble();
    return turns;
  }

  /** By how many degrees answers are off. */
  static final class Turns implements Metrics {
    private long count;
    private double sum;

    @Override
    public String kind() {
      return "direction";
    }

    @Override
    public void add(int size, float[] predictions, float[] labels) {
      for (int i = 0; i < labels.length; i++) {
        if (!Float.isNaN(labels[i])) {
          count++;
          sum += off(predictions[i], labels[i]);
        }
      }
    }

    private static double off(double prediction, double label) {
      return Math.abs(Math.toDegrees(Math.IEEEremainder(prediction - label, 2 * Math.PI)));
    }

    @Override
    public float mistake(float[] predictions, float[] labels) {
      double off = off(predictions[0], labels[0]);
      return off > 20 ? (float) off : Float.NaN;
    }

    @Override
    public void merge(Metrics other) {
      count += ((Turns) other).count;
      sum += ((Turns) other).sum;
    }

    @Override
    public List<String> names() {
      return List.of("degreesOff");
    }

    @Override
    public Map<String, Double> values() {
      Map<String, Double> values = new LinkedHashMap<>();
      if (count > 0) {
        values.put("degreesOff", sum / count);
      }
      return values;
    }

    @Override
    public boolean isBetterHigher(String name) {
      return false;
    }

    @Override
    public void write(DataOutputStream out) throws IOException {
      out.writeLong(count);
      out.writeDouble(sum);
    }
  }
}
