package dev.braid.jobs.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronTest {

  @Test
  void next_isInTheTimeZone_alsoWhenClocksChange() {
    Cron cron = Cron.of("0 30 8 ? * MON-FRI", "Europe/Berlin");
    // Saturday before the clocks go back: 6:30 UTC was 8:30 until then, 7:30 UTC is so after.
    Instant saturday = Instant.parse("2025-10-25T12:00:00Z");
    assertEquals(Instant.parse("2025-10-27T07:30:00Z"), cron.next(saturday));
    assertEquals(
        Instant.parse("2025-10-24T06:30:00Z"), cron.next(Instant.parse("2025-10-23T12:00:00Z")));
  }

  @Test
  void between_countsTheTicksWithin_withoutBothEnds() {
    Cron cron = Cron.of("0/10 * * * * ?", "UTC");
    Instant begin = Instant.parse("2025-01-01T00:00:00Z");
    Cron.Elapsed gone = cron.between(begin, begin.plusSeconds(60));
    assertEquals(
        new Cron.Elapsed(5, begin.plusSeconds(10), begin.plusSeconds(50)),
        gone,
        "10 to 50 seconds");
    assertEquals(0, cron.between(begin, begin.plusSeconds(10)).count());
  }

  @Test
  void next_ofYearsThatAreOver_isNever() {
    assertEquals(null, Cron.of("0 0 0 1 1 ? 2020", "UTC").next(Instant.now()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*/5 * * * *        | cron '*/5 * * * *' has 5 fields; expected are seconds minutes hours",
        "61 * * * * ?       | seconds '61' is not known; it may hold 0-59",
        "0 0 25 * * ?       | hours '25' is not known; it may hold 0-23",
        "0 0 0 ? * FUNDAY   | day-of-week 'FUNDAY' is not known; it may hold 1-7 or SUN-SAT",
        "0 0 0 1 13 ?       | month '13' is not known; it may hold 1-12 or JAN-DEC",
        "0 0 0 1 SOMETIME ? | month 'SOMETIME' is not known",
        "0 often * * * ?    | minutes 'often' is not known",
        "0 0 0 1 1 MON      | one of day-of-month and day-of-week must be ?",
      })
  void of_withAFieldThatIsUnknown_namesIt(String cron, String words) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Cron.of(cron, "UTC"));
    assertTrue(e.getMessage().contains(words), e.getMessage());
  }

  @Test
  void of_everyKindOfField_isRead() {
    Stream.of(
            "0 0/5 * * * ?",
            "0 15 10 L * ?",
            "0 0 12 ? * 2#1",
            "0,30 * 8-17 ? JAN-MAR MON,WED",
            "0 0 0 15W * ?",
            "0 0 0 1 1 ? 2030-2040",
            "0 0 10 ? * 6L")
        .forEach(cron -> Cron.of(cron, "Asia/Kolkata"));
  }

  @Test
  void of_withAnUnknownTimeZone_saysSo() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> Cron.of("0 0 0 * * ?", "Europe/Berlino"));
    assertTrue(e.getMessage().startsWith("timeZone 'Europe/Berlino' is not known"));
  }
}
