package dev.braid.driver.source;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.data.DataSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonTest {
  @TempDir private Path folder;

  private String refusal(String text) throws IOException {
    Path path = Files.writeString(folder.resolve("table.json"), text);
    Json json = new Json(path.toString(), List.of("y"), null, null, null, null, null);
    DataSettings settings = new DataSettings(json, null, null, null, null, null, null);
    return assertThrows(IllegalArgumentException.class, () -> Sources.check(settings)).getMessage();
  }

  @Test
  void check_twoObjectsInALine_isRefused_andNoneLost() throws IOException {
    String first = "{\"x\": 1, \"y\": \"a\"}\n";
    for (String second :
        List.of("{\"x\":2,\"y\":\"b\"}{\"x\":3,\"y\":\"b\"}", "{\"x\":2,\"y\":\"b\"} 7")) {
      String message = refusal(first + second);
      assertTrue(message.endsWith("row 2: more than one JSON value in a line"), message);
    }
  }

  @Test
  void check_aListOfObjects_isRefused_howeverItIsBroken() throws IOException {
    for (String list :
        List.of(
            "[{\"x\":1,\"y\":\"a\"},\n{\"x\":2,\"y\":\"b\"},\n{\"x\":3,\"y\":\"b\"}]\n",
            "[{\"x\":1,\"y\":\"a\"},{\"x\":2,\"y\":\"b\"}]\n")) {
      String message = refusal(list);
      assertTrue(message.contains("none of the first 100 lines is a JSON object"), message);
    }
  }

  @Test
  void check_aKeyThatOccursTwice_isRefused() throws IOException {
    String message = refusal("{\"x\":1,\"y\":\"a\"}\n{\"x\":1,\"y\":\"b\",\"x\":2}\n");
    assertTrue(message.endsWith("row 2: not JSON: Duplicate field 'x'"), message);
  }
}
