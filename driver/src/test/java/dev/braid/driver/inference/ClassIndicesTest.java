package dev.braid.driver.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClassIndicesTest {

  @Test
  void of_wholeNumbers_areTheirClassHoweverTheyAreWritten() {
    ClassIndices numbers = new ClassIndices(List.of("7", "3", "12"));
    assertEquals(0, numbers.of("7.0"));
    assertEquals(2, numbers.of("12"));
    assertEquals(1, new ClassIndices(List.of("1.0", "2.0")).of("2"));
    assertNull(numbers.of("7.5"));
    assertNull(numbers.of("seven"));
  }

  @Test
  void of_classesThatDifferOnlyInHowTheyAreWritten_keepTheirOwn() {
    ClassIndices both = new ClassIndices(List.of("7.0", "7"));
    assertEquals(0, both.of("7.0"));
    assertEquals(1, both.of("7"));
  }
}
