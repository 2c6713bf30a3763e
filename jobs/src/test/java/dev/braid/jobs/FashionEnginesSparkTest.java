package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One epoch of conf/fashion-lenet.yaml on both engines; docs/dl4j.md has all of its eight. */
class FashionEnginesSparkTest {
  private static final Path SAMPLES = Path.of("samples/fashion-mnist").toAbsolutePath();

  @TempDir private static Path folder;

  private static JsonNode train(String engine) throws IOException {
    Path output = folder.resolve(engine);
    String[] arguments = {
      "train",
      "../conf/fashion-lenet.yaml",
      "--output",
      output.toString(),
      "--set",
      "engine=" + engine,
      "--set",
      "training.epochs=1",
      "--set",
      "data.train.idx.images=" + SAMPLES.resolve("train-images-idx3-ubyte.gz"),
      "--set",
      "data.train.idx.labels=" + SAMPLES.resolve("train-labels-idx1-ubyte.gz"),
      "--set",
      "data.test.idx.images=" + SAMPLES.resolve("t10k-images-idx3-ubyte.gz"),
      "--set",
      "data.test.idx.labels=" + SAMPLES.resolve("t10k-labels-idx1-ubyte.gz")
    };
    CommandLineRun run = CommandLineRun.braid(arguments);
    assertEquals(0, run.exitCode(), run.err());
    return new JsonMapper().readTree(output.resolve("summary.json").toFile());
  }

  @Test
  void engines_reachTheSameAccuracy() throws IOException {
    JsonNode torch = train("torch");
    JsonNode dl4j = train("dl4j");
    assertTrue(torch.get("accuracy").asDouble() > 0.8, torch.toString());
    assertEquals(torch.get("accuracy").asDouble(), dl4j.get("accuracy").asDouble(), 0.01);
    assertEquals(torch.get("loss").asDouble(), dl4j.get("loss").asDouble(), 0.01);

    Path model = folder.resolve("dl4j/model.zip");
    ComputationGraph plain = ModelSerializer.restoreComputationGraph(model.toFile());
    assertEquals(431_080, plain.numParams());
    try (ZipFile zip = new ZipFile(folder.resolve("torch/model.zip").toFile())) {
      assertNull(zip.getEntry(ModelSerializer.COEFFICIENTS_BIN));
    }
  }
}
