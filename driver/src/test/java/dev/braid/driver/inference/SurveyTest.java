package dev.braid.driver.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.braid.driver.source.row.Item;
import dev.braid.driver.source.row.Placed;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.model.ModelDescription.Labels;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.task.Decoder;
import dev.braid.worker.task.Tasks;
import dev.braid.worker.task.classification.ClassDecoder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SurveyTest {
  private static final List<String> NAMES = List.of("cat", "dog");
  private static final ModelFacts CLASSES = facts(new ClassDecoder(2, 1, 0.5f, false, NAMES));
  private static final ModelFacts TWO = facts(new ClassDecoder(1, 1, 0.5f, false, NAMES));

  private static ModelFacts facts(Decoder decoder) {
    return new ModelFacts(
        List.of(new ModelDescription.Input("input", Shape.of(3), Normaliser.NONE)),
        List.of(
            new ModelFacts.Output(
                "output",
                Shape.of(2),
                decoder,
                new Labels(Tasks.named("classification"), 1, NAMES),
                new byte[0])),
        "00",
        null);
  }

  private static void setAside(Survey survey, String file, long row, String words) {
    survey.setAside(Placed.broken(file, () -> row, words), words);
  }

  @Test
  void reasonsThatDifferInNumbersAndQuotesOnly_areOneKind_withTheFirstRow() {
    Survey survey = new Survey();
    setAside(survey, "b.csv", 3, "column 'age': 'x1' is no number");
    setAside(survey, "a.csv", 12, "column 'income': 'n/a' is no number");
    setAside(survey, "a.csv", 2, "4 fields, expected 5");
    setAside(survey, "a.csv", 9, "7 fields, expected 5");

    assertEquals(
        List.of("# fields, expected #", "column '\u2026': '\u2026' is no number"),
        List.copyOf(survey.reasons().keySet()));
    assertEquals(
        new Survey.Reason(2, "a.csv", 12, "column 'income': 'n/a' is no number"),
        survey.reasons().get("column '\u2026': '\u2026' is no number"));
    assertEquals(
        new Survey.Reason(2, "a.csv", 2, "4 fields, expected 5"),
        survey.reasons().get("# fields, expected #"));
  }

  @Test
  void confidence_isOfTheClassThatIsAnswered() {
    Survey survey = new Survey();
    survey.add(CLASSES, item(1), new float[][] {{0.07f, 0.93f}});
    survey.add(CLASSES, item(2), new float[][] {{1, 0}});
    survey.add(TWO, item(3), new float[][] {{0.07f}});
    survey.add(TWO, item(4), new float[][] {{0.61f}});

    long[] expected = new long[Survey.BINS];
    expected[18] = 2; // 0.93 twice
    expected[19] = 1;
    expected[12] = 1;
    assertEquals(
        IntStream.range(0, Survey.BINS).mapToObj(i -> expected[i]).toList(),
        IntStream.range(0, Survey.BINS).mapToObj(i -> survey.confidence(0)[i]).toList());
  }

  @Test
  void sampleOfRows_isTheSame_howeverTheyAreCutAndMerged() {
    List<Integer> rows = new ArrayList<>(IntStream.range(0, 1000).boxed().toList());
    Survey whole = of(rows);
    Collections.shuffle(rows, new Random(1));
    Survey merged = of(rows.subList(700, 1000));
    merged.merge(of(rows.subList(0, 10)));
    merged.merge(of(rows.subList(10, 700)));

    List<Long> places = whole.rows().stream().map(Survey.SampleRow::row).toList();
    assertEquals(20, places.size());
    assertEquals(places, merged.rows().stream().map(Survey.SampleRow::row).toList());
    assertNotEquals(IntStream.range(0, 20).mapToObj(i -> (long) i).toList(), places);
  }

  private static Survey of(List<Integer> rows) {
    Survey survey = new Survey();
    for (int row : rows) {
      survey.add(CLASSES, item(row), new float[][] {{row / 1000f, 1 - row / 1000f}});
    }
    return survey;
  }

  private static Placed<Item> item(int row) {
    return Placed.sound(
        "a.csv", () -> row, new Item(new float[][] {{row, 1, 2}}, new Object[1][0], new Object[0]));
  }
}
