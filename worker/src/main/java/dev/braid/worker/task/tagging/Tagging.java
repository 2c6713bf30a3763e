package dev.braid.worker.task.tagging;

import static dev.braid.worker.Check.require;

import dev.braid.worker.metric.Averages;
import dev.braid.worker.metric.Hits;
import dev.braid.worker.metric.MetricBytes;
import dev.braid.worker.metric.Metrics;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How many words have the right tag, and, where tags mark entities, how many of these were found.
 *
 * <p>f1, precision, recall: of all entities, whatever their type, as seqeval counts them. accuracy:
 * share of the words whose tag is right. A word without a tag counts nothing, and no entity is at
 * it.
 */
public final class Tagging implements Metrics {
  private final TagPath path;
  private final EntityCounts entities;
  private final long[] words = new long[2];

  Tagging(TagPath path) {
    this.path = path;
    this.entities = new EntityCounts(path.types());
  }

  @Override
  public String kind() {
    return TaggingTask.NAME;
  }

  @Override
  public void add(int size, float[] predictions, float[] labels) {
    int steps = size == 0 ? 0 : labels.length / size;
    require(
        predictions.length == (long) labels.length * path.tags().size(),
        "%d predictions for %d words of %d tags",
        predictions.length,
        labels.length,
        path.tags().size());
    for (int i = 0; i < size; i++) {
      Sentence sentence = sentence(predictions, labels, i * steps, steps);
      entities.add(path.entities(sentence.actual()), path.entities(sentence.marked()));
      words[0] += sentence.right();
      words[1] += sentence.tagged();
    }
  }

  /**
   * The tags of one example.
   *
   * @param right how many of the words are marked as they should be
   * @param tagged how many words have a tag
   */
  private record Sentence(List<String> actual, List<String> marked, int right, int tagged) {}

  /** The sentence whose labels begin at {@code from}. */
  private Sentence sentence(float[] predictions, float[] labels, int from, int steps) {
    int length = steps;
    while (length > 0 && Float.isNaN(labels[from + length - 1])) {
      length--;
    }
    List<String> actual = new ArrayList<>();
    List<String> marked = new ArrayList<>();
    int[] best = path.of(predictions, from * path.tags().size(), length);
    int right = 0;
    int numTagged = 0;
    for (int t = 0; t < length; t++) {
      boolean isTagged = !Float.isNaN(labels[from + t]);
      actual.add(isTagged ? path.tags().get((int) labels[from + t]) : "O");
      marked.add(isTagged ? path.tags().get(best[t]) : "O");
      numTagged += isTagged ? 1 : 0;
      right += isTagged && best[t] == (int) labels[from + t] ? 1 : 0;
    }
    return new Sentence(actual, marked, right, numTagged);
  }

  /** How many words of a sentence have a wrong tag; NaN where none has. */
  @Override
  public float mistake(float[] predictions, float[] labels) {
    Sentence sentence = sentence(predictions, labels, 0, labels.length);
    int wrong = sentence.tagged() - sentence.right();
    return wrong == 0 ? Float.NaN : wrong;
  }

  /** The types of entities, in alphabetical order; none where tags mark none. */
  public List<String> types() {
    return entities.types();
  }

  /** How often entities of a type were found, wrongly seen and missed. */
  public Hits hits(int type) {
    return entities.hits(type);
  }

  /**
   * How many entities of one type had their exact words marked as another; the number behind the
   * types stands for no entity of these words.
   */
  public long count(int actual, int marked) {
    return entities.count(actual, marked);
  }

  @Override
  public void merge(Metrics other) {
    require(
        other instanceof Tagging that && that.path.equals(path),
        "cannot merge with the counts of another kind of output");
    Tagging that = (Tagging) other;
    entities.merge(that.entities);
    words[0] += that.words[0];
    words[1] += that.words[1];
  }

  @Override
  public List<String> names() {
    return path.scheme().marksEntities()
        ? List.of("f1", "precision", "recall", "accuracy")
        : List.of("accuracy");
  }

  @Override
  public Map<String, Double> values() {
    Map<String, Double> values = new LinkedHashMap<>();
    if (words[1] == 0) {
      return values;
    }
    if (path.scheme().marksEntities()) {
      Averages micro = entities.micro();
      values.put("f1", micro.f1());
      values.put("precision", micro.precision());
      values.put("recall", micro.recall());
    }
    values.put("accuracy", (double) words[0] / words[1]);
    return values;
  }

  @Override
  public boolean isBetterHigher(String name) {
    return true;
  }

  @Override
  public void write(DataOutputStream out) throws IOException {
    out.writeUTF(path.scheme().name());
    MetricBytes.writeCount(out, path.tags().size());
    for (String tag : path.tags()) {
      out.writeUTF(tag);
    }
    MetricBytes.writeCounts(out, words);
    MetricBytes.writeCounts(out, entities.counts());
  }

  static Tagging read(DataInputStream in) throws IOException {
    TagScheme scheme = TagScheme.valueOf(in.readUTF());
    int count = (int) MetricBytes.readCount(in);
    List<String> tags = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tags.add(in.readUTF());
    }
    Tagging metrics = new Tagging(new TagPath(scheme, tags));
    MetricBytes.readCounts(in, metrics.words);
    MetricBytes.readCounts(in, metrics.entities.counts());
    return metrics;
  }
}
