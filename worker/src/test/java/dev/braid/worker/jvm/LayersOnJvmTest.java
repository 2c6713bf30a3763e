package dev.braid.worker.jvm;

import dev.braid.worker.network.Networks;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.torch.RaggedLayersTest;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of layer on the jvm engine, against libtorch in double precision. */
class LayersOnJvmTest {
  private static final String LAST = "output: {loss: 'crossEntropy', units: 3}";

  static Stream<String> raggedLayers() {
    return RaggedLayersTest.layers();
  }

  @ParameterizedTest
  @MethodSource("raggedLayers")
  void layer_onSequencesOfAnyLength_isAsOnTorch(String layer) {
    Oracle.check(Oracle.around(Shape.ragged(4), layer), 5, 3);
  }

  @ParameterizedTest
  @MethodSource("raggedLayers")
  void example_alone_equalsTheSameInABatch_bitForBit(String layer) {
    Oracle.checkAlone(4, layer);
  }

  static Stream<Arguments> layers() {
    return Stream.of(
            "3,9,11|convolution: {filters: 5, kernel: 3}",
            "3,9,11|convolution: {filters: 5, kernel: 3, padding: 'same', activation: 'relu'}",
            "3,9,11|convolution: {filters: 17, kernel: [2, 5], stride: [2, 1], padding: 'same'}",
            "3,12,11|convolution: {filters: 4, kernel: 3, dilation: 2, padding: 1, bias: false}",
            "4,9,8|convolution: {filters: 6, kernel: 3, groups: 2, activation: 'tanh'}",
            "4,9,8|convolution: {filters: 8, kernel: 3, groups: 4, padding: 'same', stride: 2}",
            "5,7,7|convolution: {filters: 16, kernel: 1}",
            "5,7,7|convolution: {filters: 16, kernel: 1, stride: 2}",
            "2,5,6,7|convolution: {filters: 3, kernel: 3, padding: 'same'}",
            "2,5,6,7|convolution: {filters: 3, kernel: 2, stride: 2}",
            "11,3|convolution: {filters: 5, kernel: 3, padding: 'causal', dilation: 2}",
            "3,9,8|convolution: {filters: 40, kernel: 5}",
            "4,9,8|convolution: {filters: 80, kernel: 5, stride: 2, groups: 2, padding: 1}",
            "2,5,6,7|convolution: {filters: 60, kernel: 4, padding: 1}",
            "3,9,11|maxPooling: {kernel: 2}",
            "2,8,12|maxPooling: {kernel: 2}",
            "2,9,8|maxPooling: {kernel: 2}",
            "3,9,11|maxPooling: {kernel: 3, stride: 2, padding: 'same'}",
            "3,9,11|averagePooling: {kernel: 2}",
            "3,9,11|averagePooling: {kernel: 3, stride: 2, padding: 'same'}",
            "2,4,5,6|maxPooling: {kernel: 2}",
            "2,4,5,6|averagePooling: {kernel: 2, stride: 1}",
            "3,5,6|globalMaxPooling: {}",
            "3,5,6|globalAveragePooling: {}",
            "2,4,5,6|globalAveragePooling: {}",
            "3,5,6|zeroPadding: {padding: 2}",
            "3,5,6|upsampling: {factor: 2}",
            "3,5,6|batchNorm: {}",
            "7|batchNorm: {}",
            "7|layerNorm: {}",
            "7|l2Normalise: {}",
            "12|reshape: {shape: [3, 4]}}, {lstm: {units: 3}",
            "3,5,6|dropout: {rate: 0.4}",
            "7|dropout: {rate: 0.4}",
            "3,5,6|activation: {function: 'softmax'}",
            "3,5,6|activation: {function: 'gelu'}",
            "7|dense: {units: 33, activation: 'swish'}",
            "7|dense: {units: 3, activation: 'mish', bias: false}")
        .map(row -> row.split("\\|", 2))
        .map(row -> Arguments.of(row[0], row[1]));
  }

  /** Between other layers of its kind of value, in training and in inference. */
  @ParameterizedTest
  @MethodSource("layers")
  void layer_onAShape_isAsOnTorch(String shape, String layer) {
    List<Integer> sizes = Stream.of(shape.split(",", -1)).map(Integer::valueOf).toList();
    Shape input = new Shape(sizes);
    String first =
        switch (sizes.size()) {
          case 1 -> "dense: {units: " + sizes.get(0) + ", activation: 'tanh'}";
          case 2 -> "dense: {units: " + sizes.get(1) + ", activation: 'tanh'}";
          default -> "convolution: {filters: " + sizes.get(0) + ", kernel: 1, activation: 'tanh'}";
        };
    Oracle.check(
        Networks.of(first, layer, "flatten: {}", LAST).plan(Map.of("input", input), List.of()),
        5,
        11);
  }

  @ParameterizedTest
  @CsvSource({"add", "multiply", "subtract", "average", "maximum", "concatenate"})
  void merge_ofTwoImages_isAsOnTorch(String merge) {
    Oracle.check(
        Networks.of(
                "convolution: {name: 'a', filters: 3, kernel: 3, padding: 'same', bias: false}",
                "convolution: {name: 'b', filters: 3, kernel: 1, bias: false, from: 'input'}",
                merge + ": {from: " + sources(merge) + "}",
                "batchNorm: {}",
                "activation: {function: 'relu'}",
                "globalAveragePooling: {}",
                LAST)
            .plan(Map.of("input", Shape.of(2, 6, 5)), List.of()),
        6,
        12);
  }

  private static String sources(String merge) {
    return merge.equals("subtract") ? "['a', 'b']" : "['a', 'b', 'a']";
  }
}
