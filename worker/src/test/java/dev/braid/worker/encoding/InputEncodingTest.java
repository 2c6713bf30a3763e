package dev.braid.worker.encoding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;

class InputEncodingTest {
  private static EncodedColumn column(String name, ColumnEncoding as) {
    return new EncodedColumn(name, as, null);
  }

  private static float[] input(EncodedColumn column, Object value) {
    InputEncoding encoding = new InputEncoding(List.of(column), 0);
    return encoding.input(new Object[] {value}, List.of(column.name()), encoding.width());
  }

  private static String refusal(EncodedColumn column, Object value) {
    return assertThrows(IllegalArgumentException.class, () -> input(column, value)).getMessage();
  }

  @Test
  void categories_areOnesInTheirPlaces_othersAreZerosOrRefused() {
    EncodedColumn kind = column("kind", new Categories(List.of("red", "blue")));
    assertArrayEquals(new float[] {1, 0}, input(kind, "blue"));
    assertArrayEquals(new float[] {0, 1}, input(kind, "red"));
    assertArrayEquals(new float[] {0, 0}, input(kind, "green"));
    EncodedColumn closed =
        column("kind", new Categories(List.of("red", "blue"), Categories.Others.REFUSED));
    assertEquals(
        "column 'kind' holds 'rad', which is none of its categories; did you mean 'red'?",
        refusal(closed, "rad"));
  }

  @Test
  void categories_ofNumbers_areTheSameWhateverTheirType() {
    EncodedColumn kind = column("kind", new Categories(List.of("1", "2.5")));
    for (Object one : new Object[] {1, 1L, 1.0, 1f, new BigDecimal("1.00"), "1"}) {
      assertArrayEquals(new float[] {1, 0}, input(kind, one), one.getClass().getName());
    }
    assertArrayEquals(new float[] {0, 1}, input(kind, new BigDecimal("2.50")));
  }

  @Test
  void dates_giveTheirParts_inTheOrderAskedFor() {
    DateParts parts =
        new DateParts(
            List.of(DatePart.YEAR, DatePart.MONTH, DatePart.WEEKDAY, DatePart.HOUR), null);
    float[] expected = {2024, 2, 4, 22}; // 29 February 2024 was a Thursday
    assertArrayEquals(expected, input(column("day", parts), "2024-02-29T22:15"));
    assertArrayEquals(expected, input(column("day", parts), "2024-02-29 22:15:00.123Z"));
    assertArrayEquals(expected, input(column("day", parts), "2024-03-01T00:15:00+02:00"));
    assertArrayEquals(expected, input(column("day", parts), LocalDateTime.of(2024, 2, 29, 22, 1)));
    DateParts german = new DateParts(List.of(DatePart.DAY_OF_YEAR), "dd.MM.yyyy");
    assertArrayEquals(new float[] {60}, input(column("day", german), "29.02.2024"));
    assertEquals(
        "column 'day' holds 'soon', which is not a date written as dd.MM.yyyy",
        refusal(column("day", german), "soon"));
  }

  @Test
  void missing_isFilled_andSaidByTheIndicator() {
    Missing mean = new Missing("mean", List.of(35f), true);
    EncodedColumn age = new EncodedColumn("age", Numbers.ONE, mean);
    assertArrayEquals(new float[] {7, 0}, input(age, "7"));
    assertArrayEquals(new float[] {35, 1}, input(age, null));
    assertArrayEquals(new float[] {35, 1}, input(age, Double.NaN));
    EncodedColumn kind =
        new EncodedColumn(
            "kind", new Categories(List.of("none", "red")), new Missing("none", null, false));
    assertArrayEquals(new float[] {1, 0}, input(kind, null));
    assertEquals("column 'age' is empty", refusal(column("age", Numbers.ONE), null));
  }

  @Test
  void flags_areTheirWords() {
    assertArrayEquals(new float[] {1}, input(column("on", new Flags(List.of())), "YES"));
    assertArrayEquals(new float[] {0}, input(column("on", new Flags(List.of())), false));
    Flags words = new Flags(List.of("aus", "an"));
    assertArrayEquals(new float[] {1}, input(column("on", words), "an"));
    assertEquals(
        "column 'on' holds 'yes', which is neither aus nor an",
        refusal(column("on", words), "yes"));
  }

  @Test
  void encoding_staysTheSame_inAModelsFile() throws IOException {
    InputEncoding encoding =
        new InputEncoding(
            List.of(
                EncodedColumn.ofNumbers("sepal;len gth", 3),
                column("kind", new Categories(List.of("b", "a"))),
                column("on", new Flags(List.of("0", "1"))),
                column("day", new DateParts(List.of(DatePart.QUARTER), null)),
                new EncodedColumn("age", Numbers.ONE, new Missing("median", List.of(4f), true))),
            0);
    JsonMapper json = new JsonMapper();
    assertEquals(encoding, json.readValue(json.writeValueAsString(encoding), InputEncoding.class));
  }
}
