package dev.braid.driver.data;

import dev.braid.driver.source.example.SourceFacts.Input;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.data.Statistics;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Fits normalisers to the training examples: one pass over them, on the executors. */
final class Normalisers {
  private static final Normaliser BYTES_TO_UNIT_RANGE =
      new Normaliser(new float[] {0}, new float[] {1 / 255f}, 1);

  private Normalisers() {}

  /**
   * One per input; indices of vectors stay as they are. Features of a table have their own; so have
   * the channels of an image.
   */
  static List<Normaliser> fit(
      InputScaling kind, Shards train, List<Input> inputs, Map<String, Integer> indexInputs) {
    return IntStream.range(0, inputs.size())
        .mapToObj(
            i ->
                indexInputs.containsKey(inputs.get(i).name())
                    ? Normaliser.NONE
                    : fit(kind, train, i, inputs.get(i)))
        .toList();
  }

  private static Normaliser fit(InputScaling kind, Shards train, int i, Input input) {
    return switch (kind) {
      case NONE -> Normaliser.NONE;
      case SCALE ->
          input.kind() == Kind.BYTE
              ? BYTES_TO_UNIT_RANGE
              : statistics(train, i, input).toUnitRange(inner(input));
      case STANDARDISE -> statistics(train, i, input).standardise(inner(input));
    };
  }

  private static Statistics statistics(Shards train, int i, Input input) {
    return train.statistics(i, input.width()).grouped(numGroups(input), inner(input));
  }

  /** Channels come first in [channels, height, width], features last in [time, features]. */
  private static int numGroups(Input input) {
    boolean hasChannels = input.shape().size() >= 3;
    return input.shape().get(hasChannels ? 0 : input.shape().size() - 1);
  }

  private static int inner(Input input) {
    return input.shape().size() >= 3 ? input.width() / input.shape().get(0) : 1;
  }
}
