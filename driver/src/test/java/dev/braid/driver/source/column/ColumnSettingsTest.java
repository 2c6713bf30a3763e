package dev.braid.driver.source.column;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.braid.worker.encoding.Booleans;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ColumnSettingsTest {
  private static ColumnSettings read(String yaml) throws IOException {
    YAMLMapper mapper = new YAMLMapper(); // job files are read into a tree first
    return mapper.treeToValue(mapper.readTree(yaml), ColumnSettings.class);
  }

  private static String refusal(String yaml) {
    return assertThrows(IOException.class, () -> read(yaml)).getCause().getMessage();
  }

  @Test
  void booleanWords_thatYamlTakesForItsOwn_areThoseOfEveryone() throws IOException {
    Booleans everyones = new Booleans(List.of());
    for (String words : List.of("auto", "[no, yes]", "[false, true]")) {
      assertEquals(everyones, read("{boolean: %s}".formatted(words)).column("on", 1).as(), words);
    }
    assertEquals(
        new Booleans(List.of("aus", "an")), read("{boolean: [aus, an]}").column("on", 1).as());
  }

  @Test
  void contradictions_areRefused() {
    assertEquals(
        "categories, boolean, date, picture, text and series exclude each other",
        refusal("{categories: auto, boolean: auto}"));
    assertEquals(
        "categories have no median; set missing to mostFrequent or to a category",
        refusal("{categories: auto, missing: median}"));
    assertEquals(
        "column 'missing' holds 'none', which is not a number", refusal("{missing: none}"));
    assertEquals(
        "indicator says which values were missing: give missing too", refusal("{indicator: true}"));
  }
}
