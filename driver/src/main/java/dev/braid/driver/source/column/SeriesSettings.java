package dev.braid.driver.source.column;

import static dev.braid.worker.Check.require;

import dev.braid.worker.encoding.Lengths;
import dev.braid.worker.encoding.Lengths.Longer;
import dev.braid.worker.encoding.Series;
import dev.braid.worker.encoding.WordIndices.End;

/**
 * How a list of numbers, or of steps that are lists of numbers, is a series of any length.
 *
 * @param features numbers in each step; by default 1
 * @param maxLength steps of the longest series; any number by default
 * @param longer what becomes of longer ones: cut, split or quarantine; by default they are cut
 * @param cut which end of them is cut off; by default the end
 */
public record SeriesSettings(Integer features, Integer maxLength, Longer longer, End cut) {
  public SeriesSettings {
    features = features == null ? 1 : features;
    require(features > 0, "series.features must be at least 1, got %d", features);
    var unused = new Lengths(maxLength, longer, cut); // refuses contradictions
  }

  /** How they are encoded. */
  Series encoding() {
    return new Series(features, new Lengths(maxLength, longer, cut));
  }
}
