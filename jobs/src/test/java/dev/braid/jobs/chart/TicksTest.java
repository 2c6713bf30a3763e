package dev.braid.jobs.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TicksTest {
  @Test
  void enclosing_aRange_takesRoundNumbersAroundIt() {
    assertEquals(List.of(0.0, 0.5, 1.0, 1.5, 2.0, 2.5), Ticks.enclosing(0.2, 2.3, 5).values());
    assertEquals(List.of(0.0, 2.0, 4.0, 6.0, 8.0), Ticks.enclosing(0, 8, 5).values());
    assertEquals(List.of(-15.0, -10.0, -5.0, 0.0, 5.0, 10.0), Ticks.enclosing(-11, 9, 5).values());
  }

  @Test
  void enclosing_aSingleValue_reachesToZero() {
    Ticks ticks = Ticks.enclosing(0.001, 0.001, 5);
    assertEquals(0, ticks.first());
    assertEquals(0.001, ticks.last(), 1e-12);
    assertEquals(-5, Ticks.enclosing(-5, -5, 5).first());
    assertEquals(1, Ticks.enclosing(0, 0, 5).last());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0.1, 0.1",
    "0.30000000000000004, 0.3",
    "0.87654, 0.8765",
    "1500, 1500",
    "12000, 12 k",
    "1513430, 1.513 M",
    "0.00001, 1e-5",
    "-0.0000325, -3.25e-5",
    "20000000, 20 M",
    "2000000000, 2e9"
  })
  void format_isShort(double value, String expected) {
    assertEquals(expected, Ticks.format(value));
  }
}
