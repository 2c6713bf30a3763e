package dev.braid.worker.task.tagging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.metric.Averages;
import dev.braid.worker.metric.Hits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Entities are read and counted as seqeval does: {@code seqeval_cases.py} has asked it. */
class EntityTest {
  private static final List<String> TYPES = List.of("creative-work", "person", "place");

  private static JsonNode cases() throws IOException {
    return new ObjectMapper().readTree(EntityTest.class.getResource("seqeval.json"));
  }

  private static List<String> strings(JsonNode list) {
    List<String> strings = new ArrayList<>();
    list.forEach(one -> strings.add(one.asText()));
    return strings;
  }

  private static EntityCounts counts(JsonNode one, int from, int to) {
    EntityCounts counts = new EntityCounts(TYPES);
    for (int i = from; i < to; i++) {
      counts.add(
          Entity.of(strings(one.get("actual").get(i))),
          Entity.of(strings(one.get("marked").get(i))));
    }
    return counts;
  }

  @Test
  void entities_ofRightAndBrokenTags_areThoseOfSeqeval() throws IOException {
    for (JsonNode one : cases()) {
      for (int i = 0; i < one.get("marked").size(); i++) {
        List<Entity> expected = new ArrayList<>();
        for (JsonNode entity : one.get("entities").get(i)) {
          expected.add(
              new Entity(entity.get(0).asText(), entity.get(1).asInt(), entity.get(2).asInt()));
        }
        assertEquals(expected, Entity.of(strings(one.get("marked").get(i))));
      }
    }
  }

  @Test
  void counts_ofRightAndBrokenTags_areThoseOfSeqeval() throws IOException {
    assertTrue(cases().size() >= 100);
    for (JsonNode one : cases()) {
      EntityCounts counts = counts(one, 0, one.get("actual").size());
      Averages micro = counts.micro();
      assertEquals(one.get("precision").asDouble(), micro.precision(), 1e-12);
      assertEquals(one.get("recall").asDouble(), micro.recall(), 1e-12);
      assertEquals(one.get("f1").asDouble(), micro.f1(), 1e-12);
      for (Map.Entry<String, JsonNode> type : one.get("types").properties()) {
        Hits hits = counts.hits(TYPES.indexOf(type.getKey()));
        assertEquals(type.getValue().get(0).asDouble(), hits.precision(), 1e-12);
        assertEquals(type.getValue().get(1).asDouble(), hits.recall(), 1e-12);
        assertEquals(type.getValue().get(2).asDouble(), hits.f1(), 1e-12);
        assertEquals(type.getValue().get(3).asLong(), hits.support());
      }
    }
  }

  @Test
  void counts_inParts_mergeToTheWhole() throws IOException {
    for (JsonNode one : cases()) {
      int size = one.get("actual").size();
      EntityCounts merged = counts(one, 0, size / 2);
      merged.merge(counts(one, size / 2, size));
      assertEquals(counts(one, 0, size).micro(), merged.micro());
    }
  }

  @Test
  void counts_sayWhatWasTakenForWhat() {
    EntityCounts counts = new EntityCounts(TYPES);
    counts.add(
        List.of(new Entity("person", 0, 2), new Entity("place", 3, 4)),
        List.of(new Entity("place", 0, 2), new Entity("place", 3, 5)));
    assertEquals(1, counts.count(1, 2));
    assertEquals(1, counts.count(2, counts.none()));
    assertEquals(1, counts.count(counts.none(), 2));
    assertEquals(new Hits(0, 2, 1), counts.hits(2));
    assertEquals(3, counts.numEntities());
  }

  @Test
  void counts_ofAnotherTypesCounts_areRefused() {
    EntityCounts counts = new EntityCounts(TYPES);
    assertThrows(WrongSettings.class, () -> counts.merge(new EntityCounts(List.of("person"))));
    assertThrows(
        WrongSettings.class, () -> counts.add(List.of(new Entity("food", 0, 1)), List.of()));
  }
}
