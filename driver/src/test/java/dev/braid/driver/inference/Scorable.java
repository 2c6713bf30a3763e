package dev.braid.driver.inference;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.jvm.JvmNetwork;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.model.ModelFile;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.state.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Models and rows for tests. */
final class Scorable {
  /** Numbers in a row of {@link #TABLE}. */
  static final int FEATURES = 6;

  /** Rows of six numbers to three classes. */
  static final String TABLE =
      """
      {"network": {"layers": [
         {"dense": {"units": 16, "activation": "tanh"}},
         {"output": {"loss": "crossEntropy"}}]},
       "inputs": [{"name": "input", "shape": [6],
          "normaliser": {"shift": [0.5], "scale": [2], "inner": 1}}],
       "labels": [{"task": "classification", "width": 1, "classes": ["red", "green", "blue"]}],
       "provenance": {"braid": "test", "seed": 1, "settingsSha256": "00", "epochs": 0, "rounds": 0,
          "examples": 0}}
      """;

  /** Grey pictures of 8 x 8 to three classes. */
  static final String PICTURES =
      TABLE
          .replace("\"shape\": [6]", "\"shape\": [1, 8, 8]")
          .replace("[2]", "[0.0039]")
          .replace(
              "{\"dense\": {\"units\": 16, \"activation\": \"tanh\"}}",
              "{\"convolution\": {\"filters\": 3, \"kernel\": 3, \"activation\": \"relu\"}},"
                  + "{\"flatten\": {}}");

  /** Texts of four words, from twenty, to three classes. */
  static final String TEXTS =
      TABLE
          .replace("\"shape\": [6]", "\"shape\": [4]")
          .replace("\"shift\": [0.5], \"scale\": [2]", "\"shift\": [0], \"scale\": [1]")
          .replace(
              "{\"dense\": {\"units\": 16, \"activation\": \"tanh\"}}",
              "{\"embedding\": {\"size\": 20, \"dimension\": 5}}, {\"flatten\": {}}");

  private Scorable() {}

  static Model model(String description) throws IOException {
    ModelDescription read = new JsonMapper().readValue(description, ModelDescription.class);
    State state = read.plan().initialState(11);
    return new Model(read, state.params(), state.statistics());
  }

  /** A model file; its path. */
  static String write(Path folder, String description) throws IOException {
    Path file = folder.resolve("model.zip");
    ModelFile.write(Files.newOutputStream(file), model(description));
    return file.toString();
  }

  /** Row {@code i} of a table: different from all others. */
  static float[] row(long i) {
    SplitMix random = SplitMix.stream(i);
    float[] row = new float[FEATURES];
    for (int k = 0; k < FEATURES; k++) {
      row[k] = random.nextInt(2000) / 1000f;
    }
    return row;
  }

  /** What the engine itself says of one input. */
  static float[] answer(Model model, float[] input) {
    try (JvmNetwork network = new JvmNetwork((NetworkPlan) model.description().plan())) {
      network.loadParams(model.params());
      network.loadStatistics(model.statistics());
      float[] numbers = input.clone();
      model.description().normalisers().get(0).applyInPlace(numbers, 0, numbers.length);
      return network.output(new MiniBatch(1, new float[][] {numbers}, new float[0][]))[0];
    }
  }

  /** Lines of CSV: id, six numbers. */
  static String csv(int from, int to) {
    StringBuilder text = new StringBuilder("id,a,b,c,d,e,f\n");
    for (int i = from; i < to; i++) {
      text.append("row").append(i);
      for (float number : row(i)) {
        text.append(',').append(number);
      }
      text.append('\n');
    }
    return text.toString();
  }
}
