package dev.braid.worker.task.tagging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.metric.Hits;
import dev.braid.worker.task.AnswerColumn;
import dev.braid.worker.task.AnswerDetail;
import dev.braid.worker.task.LabelCodec;
import dev.braid.worker.task.Tasks;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tags are read, counted and answered as one sentence's. */
class TaggingTest {
  private static final List<String> TAGS = List.of("B-a", "I-a", "O");
  private static final float NONE = Float.NaN;

  private static TagPath path() {
    return new TagPath(TagScheme.BIO, TAGS);
  }

  /** Probabilities of which the tag of a step has the most. */
  private static float[] numbers(int... tags) {
    float[] numbers = new float[tags.length * TAGS.size()];
    for (int t = 0; t < tags.length; t++) {
      for (int k = 0; k < TAGS.size(); k++) {
        numbers[t * TAGS.size() + k] = k == tags[t] ? 0.6f : 0.2f;
      }
    }
    return numbers;
  }

  private static Tagging counted() {
    Tagging metrics = new Tagging(path());
    // Two sentences of four and two words; the second is padded, and one of its words has no tag.
    metrics.add(2, numbers(0, 1, 2, 0, 2, 0, 1, 1), new float[] {0, 1, 2, 2, NONE, 0, NONE, NONE});
    return metrics;
  }

  @Test
  void metrics_countEntitiesAndWords_andNothingWithoutATag() {
    Tagging metrics = counted();
    assertEquals(List.of("a"), metrics.types());
    assertEquals(new Hits(2, 1, 0), metrics.hits(0));
    assertEquals(0.8, metrics.values().get("f1"), 1e-12);
    assertEquals(2 / 3.0, metrics.values().get("precision"), 1e-12);
    assertEquals(1, metrics.values().get("recall"));
    assertEquals(4 / 5.0, metrics.values().get("accuracy"), 1e-12);
    assertEquals(metrics.names(), List.copyOf(metrics.values().keySet()));
  }

  @Test
  void metrics_sentAndMerged_areTheSame() {
    Tagging twice = (Tagging) Tasks.metrics(counted().toBytes());
    assertArrayEquals(counted().toBytes(), twice.toBytes());
    twice.merge(counted());
    assertEquals(new Hits(4, 2, 0), twice.hits(0));
    assertEquals(counted().values(), twice.values());
  }

  @Test
  void metrics_ofTagsThatMarkNoEntities_areOfWordsAlone() {
    Tagging metrics = new Tagging(new TagPath(TagScheme.NONE, TAGS));
    metrics.add(1, numbers(0, 1), new float[] {0, 0});
    assertEquals(List.of("accuracy"), metrics.names());
    assertEquals(0.5, metrics.values().get("accuracy"));
    assertEquals(List.of(), metrics.types());
  }

  @Test
  void mistake_isTheNumberOfWrongTags() {
    Tagging metrics = new Tagging(path());
    assertEquals(2, metrics.mistake(numbers(0, 1, 2), new float[] {2, 2, 2}));
    assertTrue(Float.isNaN(metrics.mistake(numbers(0, 1, 2), new float[] {0, 1, NONE})));
  }

  @Test
  void path_isTheBestThatTheSchemeAllows() {
    float[] illegal = numbers(2, 1, 2); // O I-a O: I-a must follow B-a
    illegal[0] = 0.3f;
    assertArrayEquals(new int[] {0, 1, 2}, path().of(illegal, 0, 3));
    assertArrayEquals(new int[] {2, 1, 2}, new TagPath(TagScheme.NONE, TAGS).of(illegal, 0, 3));
    assertArrayEquals(new int[] {0, 1}, path().of(new float[] {9, 9, 9, 1, 0, 0, 0, 1, 0}, 3, 2));
    assertArrayEquals(new int[] {}, path().of(new float[0], 0, 0));
  }

  @Test
  void decoder_givesTagsAndEntities() {
    TagDecoder decoder = new TagDecoder(path());
    AnswerDetail none = new AnswerDetail(0);
    assertEquals(
        List.of("prediction", "entities"),
        decoder.columns(none).stream().map(AnswerColumn::name).toList());
    assertEquals(
        List.of(List.of("O", "B-a", "I-a", "B-a"), List.of(List.of("a", 1, 3), List.of("a", 3, 4))),
        decoder.answer(numbers(2, 0, 1, 0), 4, none));
    double[] sums = new double[3];
    decoder.add(numbers(2, 0, 1, 0), 4, sums);
    assertArrayEquals(new double[] {0.5, 0.25, 0.25}, sums);
    List<Object> all = decoder.answer(numbers(2), 1, new AnswerDetail(AnswerDetail.ALL));
    assertEquals(List.of(List.of(0.2f, 0.2f, 0.6f)), all.get(2));
  }

  @Test
  void labels_areTags_ofWhichUnknownAndIllegalOnesAreRefused() {
    LabelCodec codec = new TaggingTask().codec(TAGS);
    assertEquals(1, codec.number("I-a"));
    assertEquals("I-a", codec.text(1));
    assertTrue(
        assertThrows(WrongSettings.class, () -> codec.number("I-b"))
            .getMessage()
            .contains("'I-b' is none of the 3 known classes"));
    codec.requireWhole(new float[] {0, 1, 2, NONE, 1});
    String illegal =
        assertThrows(WrongSettings.class, () -> codec.requireWhole(new float[] {0, 2, 1}))
            .getMessage();
    assertTrue(
        illegal.startsWith("word 3 of the sentence: tag 'I-a' must not follow 'O'"), illegal);
    assertThrows(WrongSettings.class, () -> codec.requireWhole(new float[0]));
  }

  @Test
  void scheme_thatIsSet_isWhatTagsAreHeldTo() {
    assertThrows(
        WrongSettings.class, () -> new TaggingTask(TagScheme.BIO).classes(1, List.of("O", "S-a")));
    assertEquals(
        List.of("B-a", "O"), new TaggingTask(TagScheme.BIO).classes(1, List.of("O", "B-a")));
    LabelCodec none = new TaggingTask(TagScheme.NONE).codec(TAGS);
    none.requireWhole(new float[] {2, 1});
  }
}
