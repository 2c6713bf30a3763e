package dev.braid.jobs.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.JsonNode;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.GradientCheck;
import dev.braid.worker.engine.NetworkEngine;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.network.Network;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.shape.Shape;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commented example of the network section is complete and right. */
class ReferenceNetworkTest {
  private static final Path FILE = Path.of("../conf/reference-network.yaml");

  record Reference(Network network) {}

  private static Network network() {
    return SettingsFile.read(FILE, List.of()).as(Reference.class).network();
  }

  @Test
  void reference_showsEveryKeyOfEveryLayer() throws IOException {
    Set<String> missing = new TreeSet<>();
    for (JsonSubTypes.Type type : Layer.class.getAnnotation(JsonSubTypes.class).value()) {
      missing.addAll(keys(type.value()));
    }
    JsonNode layers =
        SettingsFile.YAML.readTree(Files.readString(FILE)).path("network").path("layers");
    for (JsonNode layer : layers) {
      String kind = layer.fieldNames().next();
      layer.get(kind).fieldNames().forEachRemaining(key -> missing.remove(kind + "." + key));
    }

    assertEquals(Set.of(), missing);
  }

  private static Set<String> keys(Class<?> layer) {
    String kind = layer.getAnnotation(JsonTypeName.class).value();
    Set<String> keys = new TreeSet<>();
    for (RecordComponent component : layer.getRecordComponents()) {
      keys.add(kind + "." + component.getName());
    }
    return keys;
  }

  @ParameterizedTest
  @ValueSource(strings = {"jvm", "torch"})
  void reference_isANetworkWhoseGradientsAgreeWithFiniteDifferences(String engine) {
    Map<String, Shape> data = new LinkedHashMap<>();
    data.put("image", Shape.of(3, 8, 8)); // smaller than in the file: a second instead of many
    data.put("words", Shape.of(20));
    data.put("table", Shape.of(8));
    NetworkPlan plan =
        new Network(data, network().layers())
            .plan(data, List.of(Target.ofClasses(10), Target.ofNumbers(1)));
    float[] image = new float[2 * 3 * 8 * 8];
    float[] words = new float[2 * 20];
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) Math.sin(i * i);
    }
    for (int i = 0; i < words.length; i++) {
      words[i] = (7 * i) % 30;
    }
    float[] table = {1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 0, 1, 0, 1, 0, 1};
    MiniBatch batch =
        new MiniBatch(2, new float[][] {image, words, table}, new float[][] {{3, 9}, {1, -1}});

    GradientCheck.Report report = NetworkEngine.named(engine).checkGradients(plan, batch, 1);

    assertTrue(report.passed(), () -> "" + report);
  }
}
