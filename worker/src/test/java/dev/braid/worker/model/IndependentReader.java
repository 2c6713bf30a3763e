package dev.braid.worker.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.worker.state.Segment;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** Reads weights with Python, which knows nothing of Braid. */
final class IndependentReader {
  private IndependentReader() {}

  /** The tensors of a file by name, each with {@code shape} and {@code values}. */
  static JsonNode read(Path file) throws IOException, InterruptedException, URISyntaxException {
    Path script = Path.of(IndependentReader.class.getResource("read_safetensors.py").toURI());
    Process python = start(new ProcessBuilder("python3", script.toString(), file.toString()));
    try (InputStream output = python.getInputStream()) {
      String text = new String(output.readAllBytes(), UTF_8);
      assertEquals(0, python.waitFor(), "python3 read_safetensors.py failed, see above");
      return new ObjectMapper().readTree(text);
    }
  }

  private static Process start(ProcessBuilder builder) {
    try {
      return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      return abort("no python3 on the PATH to read the weights with: " + e.getMessage());
    }
  }

  /** Checks every tensor of {@code vector}: shape and every number. */
  static void assertSame(Tensors vector, JsonNode tensors) {
    for (Segment segment : vector.segments()) {
      JsonNode tensor = tensors.path(segment.name());
      assertEquals(segment.shape().toString(), shape(tensor), segment.name());
      assertEquals(segment.size(), tensor.path("values").size(), segment.name());
      for (int i = 0; i < segment.size(); i++) {
        float expected = vector.values().get(segment.offset() + i);
        assertEquals(expected, tensor.path("values").get(i).floatValue(), segment.name() + i);
      }
    }
  }

  private static String shape(JsonNode tensor) {
    return tensor.path("shape").toString().replace(",", ", ");
  }
}
