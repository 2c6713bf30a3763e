package dev.braid.worker.task.languagemodel;

import static dev.braid.worker.Check.require;

import dev.braid.worker.metric.MetricBytes;
import dev.braid.worker.metric.Metrics;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How well tokens are foreseen. nats: the mean over all tokens of -ln p, p being the probability
 * that was given to the token that came; bits: the same with the logarithm to base 2; perplexity:
 * exp(nats), as of a choice among so many equally probable tokens; accuracy: the share of tokens
 * that were the most probable ones.
 *
 * <p>The sum is one of whole numbers, of 2^-26 nats each, so that it is the same however it is
 * merged. A probability of 0 counts as the smallest above it, of 103 nats.
 */
public final class Perplexity implements Metrics {
  private static final double UNITS_PER_NAT = 1L << 26;

  private final int numTokens;
  private long count;
  private long hits;
  private long units;

  /**
   * @param numTokens to choose from
   */
  Perplexity(int numTokens) {
    this.numTokens = numTokens;
  }

  @Override
  public String kind() {
    return LanguageModelTask.NAME;
  }

  @Override
  public void add(int size, float[] predictions, float[] labels) {
    require(
        predictions.length == labels.length * numTokens,
        "%d probabilities for %d labels of %d tokens",
        predictions.length,
        labels.length,
        numTokens);
    for (int i = 0; i < labels.length; i++) {
      if (!Float.isNaN(labels[i])) {
        add(predictions, i * numTokens, (int) labels[i]);
      }
    }
  }

  private void add(float[] predictions, int from, int token) {
    require(token >= 0 && token < numTokens, "label %d is none of the %d tokens", token, numTokens);
    count++;
    hits += NextToken.likeliest(predictions, from, numTokens) == token ? 1 : 0;
    units = Math.addExact(units, Math.round(nats(predictions[from + token]) * UNITS_PER_NAT));
  }

  private static double nats(float probability) {
    return -StrictMath.log(Math.max(probability, Float.MIN_VALUE));
  }

  /** The mean nats of a text's tokens: the least foreseen texts are shown. */
  @Override
  public float mistake(float[] predictions, float[] labels) {
    double sum = 0;
    int tokens = 0;
    for (float nats : shown(predictions, labels)) {
      sum += Float.isNaN(nats) ? 0 : nats;
      tokens += Float.isNaN(nats) ? 0 : 1;
    }
    return (float) (sum / tokens); // NaN of a text without tokens to foresee
  }

  /** The nats at each step, NaN where none is to be foreseen, and not the probabilities of all. */
  @Override
  public float[] shown(float[] predictions, float[] labels) {
    float[] nats = new float[labels.length];
    for (int i = 0; i < nats.length; i++) {
      nats[i] =
          Float.isNaN(labels[i])
              ? Float.NaN
              : (float) nats(predictions[i * numTokens + (int) labels[i]]);
    }
    return nats;
  }

  @Override
  public void merge(Metrics other) {
    require(
        other instanceof Perplexity that && that.numTokens == numTokens,
        "cannot merge with the counts of another kind of output");
    Perplexity that = (Perplexity) other;
    count += that.count;
    hits += that.hits;
    units = Math.addExact(units, that.units);
  }

  @Override
  public List<String> names() {
    return List.of("nats", "bits", "perplexity", "accuracy");
  }

  @Override
  public Map<String, Double> values() {
    Map<String, Double> values = new LinkedHashMap<>();
    if (count > 0) {
      double nats = units / UNITS_PER_NAT / count;
      values.put("nats", nats);
      values.put("bits", nats / StrictMath.log(2));
      values.put("perplexity", StrictMath.exp(nats));
      values.put("accuracy", (double) hits / count);
    }
    return values;
  }

  @Override
  public boolean isBetterHigher(String name) {
    return name.equals("accuracy");
  }

  @Override
  public void write(DataOutputStream out) throws IOException {
    MetricBytes.writeCounts(out, new long[] {numTokens, count, hits});
    out.writeLong(units); // a sure prediction may round to a little less than 0
  }

  static Perplexity read(DataInputStream in) throws IOException {
    Perplexity metrics = new Perplexity((int) MetricBytes.readCount(in));
    metrics.count = MetricBytes.readCount(in);
    metrics.hits = MetricBytes.readCount(in);
    metrics.units = in.readLong();
    return metrics;
  }
}
