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

/** One epoch of conf/fashion-lenet.yaml, and what DL4J opens of it. */
class FashionLenetSparkTest {
  private static final Path SAMPLES = Path.of("samples/fashion-mnist").toAbsolutePath();

  private static void braid(String... arguments) {
    CommandLineRun run = CommandLineRun.braid(arguments);
    assertEquals(0, run.exitCode(), run.err());
  }

  @Test
  void oneEpoch_learns_andIsConvertedForDl4j(@TempDir Path folder) throws IOException {
    Path output = folder.resolve("run");
    braid(
        "train",
        "../conf/fashion-lenet.yaml",
        "--output",
        output.toString(),
        "--set",
        "training.epochs=1",
        "--set",
        "data.train.idx.images=" + SAMPLES.resolve("train-images-idx3-ubyte.gz"),
        "--set",
        "data.train.idx.labels=" + SAMPLES.resolve("train-labels-idx1-ubyte.gz"),
        "--set",
        "data.test.idx.images=" + SAMPLES.resolve("t10k-images-idx3-ubyte.gz"),
        "--set",
        "data.test.idx.labels=" + SAMPLES.resolve("t10k-labels-idx1-ubyte.gz"));
    JsonNode summary = new JsonMapper().readTree(output.resolve("summary.json").toFile());
    assertTrue(summary.get("accuracy").asDouble() > 0.8, summary.toString());
    Path model = output.resolve("model.zip");
    try (ZipFile zip = new ZipFile(model.toFile())) {
      assertNull(zip.getEntry(ModelSerializer.COEFFICIENTS_BIN));
    }

    Path converted = folder.resolve("dl4j.zip");
    braid("convert", model.toString(), "--to", "dl4j", "--output", converted.toString());
    ComputationGraph plain = ModelSerializer.restoreComputationGraph(converted.toFile());
    assertEquals(431_080, plain.numParams());
  }
}
