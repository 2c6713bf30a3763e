package dev.braid.worker.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import dev.braid.worker.task.classification.ClassificationTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TaskFormTest {
  private static final ObjectMapper JSON = TaskJson.register(new ObjectMapper());

  /** Something with a task in it. */
  private record Section(@TaskForm Task task) {}

  static Stream<Task> tasks() {
    return Stream.concat(Tasks.all().stream(), Stream.of(new ClassificationTask(true)));
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void task_thatWasWritten_isReadBack(Task task) throws JsonProcessingException {
    String text = JSON.writeValueAsString(new Section(task));
    assertEquals(task, JSON.readValue(text, Section.class).task(), text);
  }

  @Test
  void task_withSettings_standsBehindItsName_andWithoutIsItsNameAlone()
      throws JsonProcessingException {
    assertEquals(
        "{\"task\":\"classification\"}",
        JSON.writeValueAsString(new Section(new ClassificationTask())));
    assertEquals(
        "{\"task\":{\"classification\":{\"alongTime\":true}}}",
        JSON.writeValueAsString(new Section(new ClassificationTask(true))));
    assertEquals(
        new ClassificationTask(),
        JSON.readValue("{\"task\":{\"classification\":{}}}", Section.class).task());
  }

  @Test
  void unknownTask_orSetting_isRefusedByName() {
    String refusal =
        assertThrows(InvalidTypeIdException.class, () -> read("\"clasification\"")).getMessage();
    assertTrue(refusal.contains("did you mean 'classification'?"), refusal);
    assertThrows(InvalidTypeIdException.class, () -> read("{\"clasification\": {}}"));
    assertThrows(
        UnrecognizedPropertyException.class, () -> read("{\"classification\": {\"time\": 1}}"));
    assertThrows(JsonProcessingException.class, () -> read("3"));
    assertThrows(
        JsonProcessingException.class, () -> read("{\"classification\": {}, \"regression\": {}}"));
  }

  private static Section read(String task) throws JsonProcessingException {
    return JSON.readValue("{\"task\": %s}".formatted(task), Section.class);
  }
}
