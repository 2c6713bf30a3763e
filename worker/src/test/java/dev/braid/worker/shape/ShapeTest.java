package dev.braid.worker.shape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShapeTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void ragged_isWrittenAsTime_andReadBack() throws Exception {
    Shape shape = JSON.readValue("[\"time\", 8]", Shape.class);

    assertEquals(Shape.ragged(8), shape);
    assertTrue(shape.isRagged());
    assertEquals("[\"time\",8]", JSON.writeValueAsString(shape));
    assertEquals("[time, 8]", shape.toString());
    assertEquals("[time]", Shape.ragged().toString());
    assertEquals("[5,8]", JSON.writeValueAsString(shape.at(5)));
  }

  @Test
  void ragged_knowsItsSteps_butNotItsSize() {
    Shape shape = Shape.ragged(8);

    assertEquals(8, shape.stepSize());
    assertEquals(8, shape.channels());
    assertEquals(1, Shape.ragged().stepSize());
    String message = assertThrows(IllegalArgumentException.class, shape::size).getMessage();
    assertTrue(message.contains("[time, 8]"), message);
    assertThrows(IllegalArgumentException.class, Shape.ragged()::channels);
    assertEquals(40, shape.at(5).size());
  }

  @Test
  void fixed_isNotRagged_andHasNoOtherNumberOfSteps() {
    assertFalse(Shape.of(5, 8).isRagged());
    assertThrows(IllegalArgumentException.class, () -> Shape.of(5, 8).at(3));
  }

  @Test
  void time_isTakenInFirstPlaceAlone() {
    for (List<Object> written :
        List.of(List.<Object>of(8, "time"), List.<Object>of("Time", 8), List.<Object>of(2.5))) {
      assertThrows(IllegalArgumentException.class, () -> Shape.read(written), written.toString());
    }
    assertThrows(IllegalArgumentException.class, () -> Shape.of(3, Shape.TIME));
    assertThrows(IllegalArgumentException.class, () -> Shape.ragged(0));
  }
}
