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
    return encoding.input(new Object[] {value}, 0, List.of(column.name()), encoding.width());
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
    for (Object one : new Object[] {1, 1L, 1.0, 1f, new BigDecimal("1.00"), "1", "1.0"}) {
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
  void dates_thatDoNotExist_areRefused() {
    DateParts days = new DateParts(List.of(DatePart.DAY), null);
    assertEquals(
        "column 'day' holds '2023-02-30', which is not a date such as 2024-12-31 or"
            + " 2024-12-31T23:59",
        refusal(column("day", days), "2023-02-30"));
    DateParts german = new DateParts(List.of(DatePart.DAY), "d.M.yy");
    assertArrayEquals(new float[] {5}, input(column("day", german), "5.3.24"));
    assertEquals(
        "column 'day' holds '31.4.24', which is not a date written as d.M.yy",
        refusal(column("day", german), "31.4.24"));
  }

  @Test
  void times_haveFractionsAndOffsets_ofAnyLength() {
    DateParts parts = new DateParts(List.of(DatePart.HOUR, DatePart.SECOND), null);
    for (String time :
        List.of("01:02:03.1", "01:02:03.1234567", "01:02:03Z", "02:02:03.5+0100", "02:02:03+01")) {
      assertArrayEquals(new float[] {1, 3}, input(column("at", parts), "2024-05-06T" + time), time);
    }
  }

  @Test
  void times_thatAFormatDoesNotTell_areRefused() {
    DateParts halfDays = new DateParts(List.of(DatePart.HOUR), "yyyy-MM-dd hh:mm");
    assertEquals(
        "column 'at' holds '2024-05-06 11:30', which is not a date written as yyyy-MM-dd hh:mm,"
            + " with a time",
        refusal(column("at", halfDays), "2024-05-06 11:30"));
    DateParts told = new DateParts(List.of(DatePart.HOUR), "yyyy-MM-dd hh:mm a");
    assertArrayEquals(new float[] {23}, input(column("at", told), "2024-05-06 11:30 PM"));
  }

  @Test
  void numbers_ofJavasOwnSpelling_areNone() {
    for (String text : List.of("3d", "1F", "0x1p4")) {
      assertEquals(
          "column 'id' holds '" + text + "', which is not a number",
          refusal(column("id", Numbers.ONE), text));
    }
    assertArrayEquals(new float[] {-1500}, input(column("id", Numbers.ONE), " -1.5e3 "));
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
    assertArrayEquals(new float[] {1}, input(column("on", new Booleans(List.of())), "YES"));
    assertArrayEquals(new float[] {0}, input(column("on", new Booleans(List.of())), false));
    Booleans words = new Booleans(List.of("aus", "an"));
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
                column("on", new Booleans(List.of("0", "1"))),
                column("day", new DateParts(List.of(DatePart.QUARTER), null)),
                new EncodedColumn("age", Numbers.ONE, new Missing("median", List.of(4f), true))),
            0);
    JsonMapper json = new JsonMapper();
    assertEquals(encoding, json.readValue(json.writeValueAsString(encoding), InputEncoding.class));
  }
}
