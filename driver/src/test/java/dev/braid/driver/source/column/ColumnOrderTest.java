package dev.braid.driver.source.column;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ColumnOrderTest {
  private static List<String> align(List<String> known, List<String> asked, String... there) {
    List<String> all = List.of(there);
    return ColumnOrder.align("input.csv", known, asked, new LinkedHashSet<>(all), all);
  }

  @Test
  void align_byName_whateverTheOrder() {
    List<String> known = List.of("a", "b");
    assertEquals(known, align(known, null, "b", "id", "a"));
    assertEquals(known, align(known, List.of("b", "a"), "b", "a"));
  }

  @Test
  void align_otherNames_areTakenInTheOrderTheyAreListedIn() {
    assertEquals(List.of("x", "y"), align(List.of("a", "b"), List.of("x", "y"), "x", "y", "z"));
  }

  @Test
  void align_aKnownNameInTheWrongPlace_isRefused() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> align(List.of("a", "b", "c"), List.of("b", "x", "c"), "b", "x", "c"))
            .getMessage();
    assertTrue(
        message.startsWith(
            "input.csv.features: column 'b' is the model's number 2, but is named as number 1"),
        message);
  }

  @Test
  void align_aMissingColumn_isNamed() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> align(List.of("length", "width"), null, "lenght", "width"))
            .getMessage();
    assertTrue(
        message.startsWith(
            "input.csv: there is no column 'length', which the model was trained with; did you mean"
                + " 'lenght'?"),
        message);
  }

  @Test
  void align_columnsWithoutNames_goByTheirPlaces() {
    assertEquals(List.of("1", "2"), align(List.of("1", "2"), null, "0", "1", "2"));
    assertEquals(List.of("0", "1"), align(List.of("1", "2"), null, "0", "1"));
    assertEquals(List.of("0", "1"), align(List.of("a", "b"), null, "0", "1"));
    assertThrows(
        IllegalArgumentException.class, () -> align(List.of("a", "b"), null, "0", "1", "2"));
  }
}
