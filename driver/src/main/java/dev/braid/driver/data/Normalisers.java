package dev.braid.driver.data;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.column.InputScaling;
import dev.braid.driver.source.column.NamedInput;
import dev.braid.driver.source.column.TableColumns;
import dev.braid.driver.source.example.SourceFacts.Input;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.data.Statistics;
import dev.braid.worker.encoding.EncodedColumn;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Fits normalisers to the training examples: one pass over them, on the executors. */
final class Normalisers {
  private static final Normaliser BYTES_TO_UNIT_RANGE =
      new Normaliser(new float[] {0}, new float[] {1 / 255f}, 1);

  private Normalisers() {}

  /**
   * One per input; ids of words and indices of vectors stay as they are. Features of a table have
   * their own, as have those of the steps of a sequence and the channels of an image.
   *
   * @param kind where neither an input nor its columns say another
   * @param wanted what inputs and columns say
   */
  static List<Normaliser> fit(
      InputScaling kind,
      TableColumns wanted,
      Shards train,
      List<Input> inputs,
      Map<String, Integer> indexInputs) {
    List<NamedInput> settings = List.copyOf(wanted.inputs().values());
    List<Normaliser> normalisers = new ArrayList<>();
    for (Input input : inputs) {
      int i = normalisers.size();
      InputScaling own = settings.get(i).normalise() == null ? kind : settings.get(i).normalise();
      boolean ids =
          indexInputs.containsKey(input.name())
              || (input.encoding() != null && input.encoding().isOfIds());
      normalisers.add(ids ? Normaliser.NONE : fit(kinds(own, wanted, i, input), train, i, input));
    }
    return normalisers;
  }

  /** How each number of a table's columns is scaled; one for all where they are scaled alike. */
  private static List<InputScaling> kinds(
      InputScaling kind, TableColumns wanted, int number, Input input) {
    List<InputScaling> kinds = new ArrayList<>();
    List<EncodedColumn> columns = input.encoding() == null ? List.of() : input.encoding().columns();
    for (EncodedColumn column : columns) {
      InputScaling own = wanted.settings(number, column.name()).normalise();
      kinds.addAll(Collections.nCopies(column.width(), own == null ? kind : own));
    }
    return kinds.stream().distinct().count() > 1
        ? kinds
        : List.of(kinds.isEmpty() ? kind : kinds.get(0));
  }

  private static Normaliser fit(List<InputScaling> kinds, Shards train, int i, Input input) {
    if (kinds.size() == 1) {
      return fit(kinds.get(0), train, i, input);
    }
    require(
        kinds.size() == input.groupSize() && numGroups(input) == kinds.size(),
        "input '%s' has the shape %s, and its columns are to be scaled each in its own way; say for"
            + " the input as a whole how it is scaled",
        input.name(),
        input.shape());
    Statistics statistics = statistics(train, i, input);
    Map<InputScaling, Normaliser> fitted = new EnumMap<>(InputScaling.class);
    float[] shift = new float[kinds.size()];
    float[] scale = new float[kinds.size()];
    for (int k = 0; k < shift.length; k++) {
      Normaliser own = fitted.computeIfAbsent(kinds.get(k), kind -> of(kind, statistics));
      shift[k] = own.shift()[k % own.shift().length];
      scale[k] = own.scale()[k % own.scale().length];
    }
    return new Normaliser(shift, scale, 1);
  }

  private static Normaliser of(InputScaling kind, Statistics statistics) {
    return switch (kind) {
      case NONE -> Normaliser.NONE;
      case SCALE -> statistics.toUnitRange(1);
      case STANDARDISE -> statistics.standardise(1);
    };
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
    return train.statistics(i, input.groupSize()).grouped(numGroups(input), inner(input));
  }

  /** Channels come first in [channels, height, width], features last in [time, features]. */
  private static int numGroups(Input input) {
    if (input.isRagged()) {
      return input.groupSize();
    }
    boolean hasChannels = input.shape().size() >= 3;
    return input.shape().get(hasChannels ? 0 : input.shape().size() - 1);
  }

  private static int inner(Input input) {
    return input.shape().size() >= 3 && !input.isRagged()
        ? input.width() / input.shape().get(0)
        : 1;
  }
}
