package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.jobs.settings.JobFile;
import dev.braid.jobs.settings.SettingsFile;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.NetworkEngine;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.network.Network;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.State;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The classic networks of the course against torchvision's, see torchvision_networks.py. */
class ClassicNetworksTest {
  private static final Path COURSE = Checkout.root().resolve("conf/course");
  private static JsonNode torchvision;

  @BeforeAll
  static void read() throws IOException {
    try (InputStream file =
        ClassicNetworksTest.class.getResourceAsStream("networks/networks.json")) {
      torchvision = new JsonMapper().readTree(file);
    }
  }

  private static NetworkPlan plan(String name, int channels, int side, int classes) {
    SettingsFile file = SettingsFile.read(COURSE.resolve(name + ".yaml"), List.of());
    Network network = (Network) file.as(JobFile.class).network();
    return network.plan(
        Map.of("input", Shape.of(channels, side, side)), List.of(Target.ofClasses(classes)));
  }

  /**
   * Single precision, and sums in another order: the scores of which these are the logarithms are
   * at most 4 in size.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "alexnet",
        "vgg16",
        "resnet18",
        "resnet50",
        "resnet-cifar",
        "googlenet",
        "mobilenet"
      })
  void network_hasTheParametersAndTheAnswers_ofTorchvisions(String name) {
    JsonNode theirs = torchvision.get(name);
    int side = theirs.get("side").asInt();
    NetworkPlan plan = plan(name, 3, side, theirs.get("classes").asInt());
    assertEquals(theirs.get("parameters").asLong(), plan.layout().numParams());

    float[] picture = new float[3 * side * side];
    for (int i = 0; i < picture.length; i++) {
      picture[i] = (float) number(1000, i);
    }
    try (Replica replica = NetworkEngine.named("jvm").replicas(plan).create()) {
      replica.load(state(plan, theirs.get("gain").asDouble()));
      float[] answer = replica.output(MiniBatch.unlabelled(1, picture))[0];
      for (int i = 0; i < theirs.get("logProbabilities").size(); i++) {
        double expected = theirs.get("logProbabilities").get(i).asDouble();
        assertEquals(expected, Math.log(answer[i]), 1e-4, name + ", class " + i);
      }
    }
  }

  @Test
  void largerOnes_haveTheParametersOfThePapers() throws IOException {
    assertEquals(
        torchvision.get("vgg16").get("parametersOfThePaper").asLong(),
        plan("vgg16", 3, 220, 1000).layout().numParams());
    String longer =
        Files.readString(COURSE.resolve("resnet-cifar.yaml"))
            .replace("times: 3", "times: 5")
            .replace("times: 2", "times: 4");
    Network network =
        (Network) SettingsFile.of("resnet-32", longer, List.of()).as(JobFile.class).network();
    assertEquals(
        torchvision.get("resnet-32").get("parameters").asLong(),
        network
            .plan(Map.of("input", Shape.of(3, 32, 32)), List.of(Target.ofClasses(10)))
            .layout()
            .numParams());
  }

  /** The lines of the network, from its blocks to its output. */
  @ParameterizedTest
  @CsvSource({"vgg16, 25", "resnet50, 40", "resnet18, 45", "resnet-cifar, 45"})
  void network_isWrittenInFewLines(String name, int most) throws IOException {
    try (Stream<String> lines = Files.lines(COURSE.resolve(name + ".yaml"))) {
      long written =
          lines
              .dropWhile(line -> !line.equals("network:"))
              .takeWhile(line -> !line.equals("training:"))
              .count();
      assertTrue(written > 0 && written <= most, written + " lines");
    }
  }

  /** GoogLeNet's first module reads 192 channels of 28 x 28 and has 32 kernels of 5 x 5. */
  @Test
  void bottleneck_savesNineTenthsOfTheMultiplications() {
    Map<String, Long> counted = new HashMap<>();
    for (LayerPlan layer : plan("googlenet", 3, 224, 1000).layers()) {
      counted.put(layer.node().name(), layer.multiplications().orElse(0));
    }
    long bottleneck = counted.get("inception1-seen2-convolution1");
    long fives = counted.get("inception1-five-convolution1");
    assertEquals(28 * 28 * 16 * 192, bottleneck);
    assertEquals(28 * 28 * 32 * 16 * 25, fives);
    assertEquals(12_443_648, bottleneck + fives);
    assertEquals(120_422_400, fives / 16 * 192, "without the bottleneck");
    assertEquals(0, counted.get("inception1-concatenate1"));
  }

  private static State state(NetworkPlan plan, double gain) {
    State state = State.zeros(plan.layout(), 0);
    Map<String, Segment> params = byName(plan.layout().params());
    Map<String, Segment> statistics = byName(plan.layout().statistics());
    int last = (int) tensors(plan).count() - 2; // before the bias of the output
    int tensor = 0;
    for (LayerPlan layer : plan.layers()) {
      for (Parameter parameter : layer.parameters()) {
        String name = layer.nameOf(parameter);
        Segment segment = params.get(name);
        boolean learns = segment != null;
        float[] values = values(parameter, tensor, tensor == last ? gain : 1);
        Blocks target = learns ? state.params() : state.statistics();
        target.write((learns ? segment : statistics.get(name)).offset(), values, values.length);
        tensor++;
      }
    }
    return state;
  }

  private static Stream<Parameter> tensors(NetworkPlan plan) {
    return plan.layers().stream().flatMap(layer -> layer.parameters().stream());
  }

  private static Map<String, Segment> byName(List<Segment> segments) {
    Map<String, Segment> byName = new HashMap<>();
    segments.forEach(segment -> byName.put(segment.name(), segment));
    return byName;
  }

  /** As the script fills a tensor. */
  private static float[] values(Parameter parameter, int tensor, double gain) {
    float[] values = new float[Math.toIntExact(parameter.size())];
    boolean isMatrix = parameter.shape().size() > 1;
    boolean isScale = parameter.name().equals("weight") || parameter.name().equals("running_var");
    double deviation =
        isMatrix ? Math.sqrt(6.0 / (parameter.size() / parameter.shape().get(0))) : 0;
    for (int i = 0; i < values.length; i++) {
      double drawn = number(tensor, i);
      values[i] =
          (float) (isMatrix ? drawn * deviation * gain : isScale ? 1 + 0.2 * drawn : 0.1 * drawn);
    }
    return values;
  }

  private static double number(int tensor, int i) {
    long mask = 0xFFFFFFFFL;
    long z = (i * 2654435761L + tensor * 40503L + 12345) & mask;
    z = ((z ^ (z >>> 15)) * 2246822507L) & mask;
    z = ((z ^ (z >>> 15)) * 3266489909L) & mask;
    z ^= z >>> 16;
    return (z >>> 8) / (double) (1 << 23) - 1;
  }
}
