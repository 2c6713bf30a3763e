package dev.braid.driver.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.driver.source.Source;
import dev.braid.driver.source.Sources;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DivisionTest {
  private static final String A = "{'csv': {'path': 'a', 'label': 'y'}}";
  private static final String B = "{'csv': {'path': 'b', 'label': 'y'}}";

  private static Division division(String parts) throws JsonProcessingException {
    return new ObjectMapper()
        .readValue("{'parts': %s}".formatted(parts).replace('\'', '"'), DataSettings.class)
        .division();
  }

  private static Source csv(String path) {
    return Sources.of("csv", "path", path, "label", "y");
  }

  @Test
  void split_dividesOneSource() throws Exception {
    Division division =
        division("{'of': %s, 'split': {'train': 0.7, 'dev': 0.2, 'test': 0.1}}".formatted(A));
    assertEquals(Map.of(Part.DEV, 0.2, Part.TEST, 0.1, Part.TRAIN, 0.7), division.shares());
    assertEquals(csv("a"), division.source());
    assertEquals("data.parts.split.dev", division.setting(Part.DEV));
    assertEquals("data.parts.of", division.sourceSetting(Part.DEV));
    assertEquals(0, division.start(Part.DEV, 30));
    assertEquals(6, division.end(Part.DEV, 30));
    assertEquals(9, division.end(Part.TEST, 30));
    assertEquals(30, division.end(Part.TRAIN, 30));
  }

  @Test
  void share_isTakenFromTrain_besideSourcesOfTheirOwn() throws Exception {
    Division division =
        division("{'train': %s, 'trainDev': 0.25, 'dev': %s, 'test': %s}".formatted(A, B, B));
    assertEquals(Map.of(Part.TRAIN_DEV, 0.25, Part.TRAIN, 0.75), division.shares());
    assertEquals(Map.of(Part.DEV, csv("b"), Part.TEST, csv("b")), division.given());
    assertEquals(Set.of(Part.values()), division.parts());
    assertTrue(division.isDrawn(Part.TRAIN));
    assertEquals(Optional.of(csv("a")), division.source(Part.TRAIN_DEV));
    assertEquals("data.parts.train", division.sourceSetting(Part.TRAIN_DEV));
  }

  @Test
  void share_besideASplit_isAShareOfTheTrainingShare() throws Exception {
    Division division =
        division("{'of': %s, 'split': {'train': 0.5, 'test': 0.5}, 'trainDev': 0.5}".formatted(A));
    assertEquals(Map.of(Part.TRAIN_DEV, 0.25, Part.TEST, 0.5, Part.TRAIN, 0.25), division.shares());
  }

  @Test
  void shortForm_saysTheSame() throws Exception {
    Division named = division("{'train': %s, 'dev': 0.1, 'test': %s}".formatted(A, B));
    Division division = Division.of(csv("a"), new PartOrigin.Share(0.1), csv("b"));
    assertEquals(named.shares(), division.shares());
    assertEquals(named.given(), division.given());
    assertEquals("data.validation", division.setting(Part.DEV));
    assertEquals("data.parts.dev", named.setting(Part.DEV));
  }

  @Test
  void folds_followOneAnother_andTheRestIsDrawnBehindThem() throws Exception {
    for (int fold = 1; fold <= 3; fold++) {
      Division division =
          division("{'of': %s, 'folds': 3, 'fold': %d, 'dev': 0.25}".formatted(A, fold));
      assertEquals(List.of(Part.TEST, Part.DEV, Part.TRAIN), division.drawn());
      long[] ends = {0, 7, 13, 20};
      assertEquals(ends[fold - 1], division.start(Part.TEST, 20));
      assertEquals(ends[fold], division.end(Part.TEST, 20));
      assertEquals(ends[fold], division.start(Part.DEV, 20));
      assertEquals(division.end(Part.DEV, 20), division.start(Part.TRAIN, 20));
      long numDev = division.end(Part.DEV, 20) - division.start(Part.DEV, 20);
      assertTrue(numDev == 3 || numDev == 4, numDev + " of 20");
      assertEquals(20 + ends[fold - 1], division.end(Part.TRAIN, 20));
      assertEquals("data.parts.fold", division.setting(Part.TEST));
      assertEquals("data.parts.dev", division.setting(Part.DEV));
      assertEquals("data.parts.of", division.sourceSetting(Part.TEST));
    }
    Division first = division("{'of': %s, 'folds': 2}".formatted(A));
    assertEquals(new Division.Fold(1, 2), first.draw().fold());
    assertEquals(Map.of(Part.TEST, 0.5, Part.TRAIN, 0.5), first.shares());
  }

  @Test
  void drawing_namesAllThatSaysWhichExamplesFallIntoAPart() throws Exception {
    Division division = division("{'of': %s, 'folds': 5, 'dev': 0.1, 'by': 'who'}".formatted(A));
    assertEquals("test 0.2, dev 0.08, train 0.72, fold 1 of 5, by who", division.drawing("w"));
    assertEquals(
        "dev 0.5, train 0.5, weight w, stratified",
        division("{'train': %s, 'dev': 0.5, 'stratified': true}".formatted(A)).drawing("w"));
    assertEquals("train 1.0", division("{'train': %s, 'dev': %s}".formatted(A, B)).drawing(null));
  }

  @Test
  void contradictions_areRefusedWithTheWayOut() {
    Map<String, String> refused = new LinkedHashMap<>();
    refused.put(
        "{'of': %s, 'split': {'train': 0.9, 'dev': 0.2}}".formatted(A),
        "data.parts.split: the shares sum to 1.1, but together they are all examples: make them"
            + " sum to 1");
    refused.put(
        "{'of': %s, 'split': {'train': 1.5, 'dev': -0.5}}".formatted(A),
        "data.parts.split.dev must be a share above 0, got -0.5");
    refused.put(
        "{'of': %s, 'train': %s, 'split': {'train': 1}}".formatted(A, B),
        "data.parts: the training part is a share of 'of' and has a source of its own; leave"
            + " one out");
    refused.put(
        "{'of': %s, 'split': {'train': 0.9, 'dev': 0.1}, 'dev': %s}".formatted(A, B),
        "data.parts: dev is a share of 'of' and is given itself; leave one out");
    refused.put(
        "{'of': %s}".formatted(A),
        "data.parts: of is divided by split: {train: 0.9, ...}, or by folds: 5");
    refused.put(
        "{'train': %s, 'dev': 0.5, 'test': 0.5}".formatted(A),
        "data.parts: the shares that are taken from train sum to 1.0; they must sum to less"
            + " than 1, so that something is left to learn from");
    refused.put(
        "{'train': %s, 'dev': 0.5, 'by': 'p', 'stratified': true}".formatted(A),
        "data.parts: by and stratified exclude each other: where groups stay whole, the shares"
            + " of classes follow from them");
    refused.put(
        "{'train': %s, 'dev': %s, 'stratified': true}".formatted(A, B),
        "data.parts.stratified: no part is drawn, each is a source of its own; leave it out");
    refused.put(
        "{'of': %s, 'folds': 5, 'fold': 6}".formatted(A),
        "data.parts.fold must be one of the folds 1 to 5, got 6");
    refused.put(
        "{'of': %s, 'folds': 1}".formatted(A), "data.parts.folds must be at least 2, got 1");
    refused.put(
        "{'of': %s, 'fold': 1, 'split': {'train': 0.5, 'test': 0.5}}".formatted(A),
        "data.parts: fold says which of the folds is the test part; give folds: 5 or so too");
    refused.put(
        "{'of': %s, 'folds': 2, 'split': {'train': 0.5, 'test': 0.5}}".formatted(A),
        "data.parts: split and folds both say how 'of' is divided; leave one out");
    refused.put(
        "{'of': %s, 'folds': 2, 'test': %s}".formatted(A, B),
        "data.parts: the test part is a fold of 'of' and is given itself; leave one out");
    refused.put(
        "{'train': %s, 'folds': 2}".formatted(A),
        "data.parts: folds say how 'of: SOURCE' is divided; give it too");
    refused.forEach(
        (parts, message) ->
            assertEquals(
                message,
                assertThrows(JsonMappingException.class, () -> division(parts), parts)
                    .getCause()
                    .getMessage()));
  }

  @Test
  void part_isNamedAsInJobFiles_orByTheNearest() {
    assertEquals(Part.TRAIN_DEV, Part.named("traindev"));
    assertEquals(Part.DEV, Part.named("dev"));
    assertEquals(Part.DEV, Part.named("validation"));
    assertEquals(
        "there is no part 'tets'; did you mean 'test'? known parts: train, trainDev, dev,"
            + " validation, test",
        assertThrows(IllegalArgumentException.class, () -> Part.named("tets")).getMessage());
  }
}
