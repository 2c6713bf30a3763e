package dev.braid.driver.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.driver.source.Idx;
import dev.braid.driver.source.Sources;
import dev.braid.driver.source.column.InputScaling;
import dev.braid.worker.task.Tasks;
import org.junit.jupiter.api.Test;

class DataSettingsTest {
  private static DataSettings read(String json) throws JsonProcessingException {
    return new ObjectMapper().readValue(json.replace('\'', '"'), DataSettings.class);
  }

  @Test
  void read_sourceByItsFormat_withDefaults() throws Exception {
    DataSettings settings = read("{'train': {'idx': {'images': 'a', 'labels': 'b'}}}");

    assertEquals(new Idx("a", "b", null), settings.train());
    assertEquals(InputScaling.NONE, settings.normalise());
    assertEquals(32, settings.batchSize());
    assertNull(settings.validation());
  }

  @Test
  void read_validation_isAShareOrASource() throws Exception {
    String train = "{'train': {'idx': {'images': 'a', 'labels': 'b'}}, 'validation': %s}";

    assertEquals(new PartOrigin.Share(0.25), read(train.formatted("0.25")).validation());
    assertEquals(
        new PartOrigin.Own(new Idx("c", "d", null)),
        read(train.formatted("{'idx': {'images': 'c', 'labels': 'd'}}")).validation());
    for (String wrong : new String[] {"0", "1", "0.0", "-0.5", "'half'"}) {
      assertThrows(JsonMappingException.class, () -> read(train.formatted(wrong)), wrong);
    }
  }

  @Test
  void read_words_areThoseOfTheJobFile() throws Exception {
    DataSettings settings =
        read(
            "{'train': {'idx': {'images': 'a', 'labels': 'b'}}, 'normalise': 'standardise',"
                + " 'task': 'multiLabel'}");
    assertEquals(InputScaling.STANDARDISE, settings.normalise());
    assertEquals(Tasks.named("multiLabel"), settings.task());
  }

  @Test
  void check_withoutTrain_isRefused() throws Exception {
    DataSettings settings = read("{}");
    assertEquals(
        "data.train is missing: where the training examples lie",
        assertThrows(IllegalArgumentException.class, () -> Sources.check(settings)).getMessage());
  }

  @Test
  void read_withoutABatch_isRefused() {
    JsonMappingException e =
        assertThrows(
            JsonMappingException.class,
            () -> read("{'train': {'idx': {'images': 'a', 'labels': 'b'}}, 'batchSize': 0}"));
    assertEquals("data.batchSize must be at least 1, got 0", e.getCause().getMessage());
  }
}
