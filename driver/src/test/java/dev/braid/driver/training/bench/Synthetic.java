package dev.braid.driver.training.bench;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.driver.data.Shards;
import dev.braid.worker.data.Column;
import dev.braid.worker.data.Shard;
import dev.braid.worker.network.Network;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/** Known networks, and images drawn at random for them, where only time and memory matter. */
final class Synthetic {
  private Synthetic() {}

  /** LeNet-5 in the size of Caffe's: 431,080 parameters on images of 28 by 28. */
  static NetworkPlan lenet() {
    return network(
        "{convolution: {filters: 20, kernel: 5, activation: 'relu'}}, {maxPooling: {kernel:"
            + " 2}},{convolution: {filters: 50, kernel: 5, activation: 'relu'}}, {maxPooling:"
            + " {kernel: 2}},{flatten: {}}, {dense: {units: 500, activation: 'relu'}},{output:"
            + " {loss: 'crossEntropy'}}",
        Shape.of(1, 28, 28),
        10);
  }

  /** VGG-16 (Simonyan and Zisserman 2015): 138,357,544 parameters on images of 224 by 224. */
  static NetworkPlan vgg16() {
    StringBuilder layers = new StringBuilder();
    for (int[] block : new int[][] {{64, 2}, {128, 2}, {256, 3}, {512, 3}, {512, 3}}) {
      for (int i = 0; i < block[1]; i++) {
        layers.append(
            "{convolution: {filters: %d, kernel: 3, padding: 'same', activation: 'relu'}},"
                .formatted(block[0]));
      }
      layers.append("{maxPooling: {kernel: 2}},");
    }
    layers.append(
        "{flatten: {}}, {dense: {units: 4096, activation: 'relu'}},"
            + "{dense: {units: 4096, activation: 'relu'}}, {output: {loss: 'crossEntropy'}}");
    return network(layers.toString(), Shape.of(3, 224, 224), 1000);
  }

  private static NetworkPlan network(String layers, Shape input, int classes) {
    JsonMapper mapper =
        JsonMapper.builder()
            .enable(JsonParser.Feature.ALLOW_UNQUOTED_FIELD_NAMES)
            .enable(JsonParser.Feature.ALLOW_SINGLE_QUOTES)
            .build();
    try {
      return mapper
          .readValue("{layers: [" + layers + "]}", Network.class)
          .plan(Map.of("input", input), List.of(Target.ofClasses(classes)));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Shards of {@code size} images each, drawn on the executors. */
  static Shards shards(JavaSparkContext sc, int count, int size, NetworkPlan network) {
    int width = network.inputs().values().iterator().next().size();
    return Shards.cached(
        sc.parallelize(IntStream.range(0, count).boxed().toList(), count)
            .map(key -> images(size, width, key)));
  }

  static Shard images(int size, int width, long key) {
    SplitMix random = SplitMix.stream(key);
    float[] inputs = new float[size * width];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = (float) random.nextDouble();
    }
    float[] labels = new float[size];
    for (int i = 0; i < size; i++) {
      labels[i] = random.nextInt(10);
    }
    return new Shard(
        size,
        new Column[] {Column.ofFloats(width, inputs)},
        new Column[] {Column.ofFloats(1, labels)});
  }
}
