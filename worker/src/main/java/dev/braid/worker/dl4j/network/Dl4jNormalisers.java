package dev.braid.worker.dl4j.network;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.AbstractDataSetNormalizer;
import org.nd4j.linalg.dataset.api.preprocessor.ImagePreProcessingScaler;
import org.nd4j.linalg.dataset.api.preprocessor.MultiNormalizerMinMaxScaler;
import org.nd4j.linalg.dataset.api.preprocessor.MultiNormalizerStandardize;
import org.nd4j.linalg.dataset.api.preprocessor.Normalizer;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerMinMaxScaler;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.dataset.api.preprocessor.VGG16ImagePreProcessor;
import org.nd4j.linalg.dataset.api.preprocessor.stats.DistributionStats;
import org.nd4j.linalg.factory.Nd4j;

/** DL4J's normalisers and ours: all of them are a shift and a scale for each feature or channel. */
final class Dl4jNormalisers {
  private Dl4jNormalisers() {}

  /**
   * DL4J's as ours.
   *
   * @param inputs shapes of the network's inputs
   * @throws IllegalArgumentException when it is of a kind that is no shift and scale, or changes
   *     labels
   */
  static List<Normaliser> toOurs(Normalizer<?> normalizer, Collection<Shape> inputs) {
    List<Normaliser> ours = new ArrayList<>();
    for (Shape shape : inputs) {
      ours.add(toOurs(normalizer, ours.size(), shape));
    }
    return ours;
  }

  private static Normaliser toOurs(Normalizer<?> normalizer, int input, Shape shape) {
    if (normalizer instanceof AbstractDataSetNormalizer<?> abstractOne) {
      require(
          !abstractOne.isFitLabel(),
          "the normaliser also changes labels, which Braid does not; fit it without fitLabel");
    }
    if (normalizer instanceof NormalizerStandardize standardize) {
      return standardised(standardize.getMean(), standardize.getStd(), shape);
    }
    if (normalizer instanceof MultiNormalizerStandardize multi) {
      return standardised(multi.getFeatureMean(input), multi.getFeatureStd(input), shape);
    }
    if (normalizer instanceof NormalizerMinMaxScaler scaler) {
      return between(
          scaler.getMin(), scaler.getMax(), scaler.getTargetMin(), scaler.getTargetMax(), shape);
    }
    if (normalizer instanceof MultiNormalizerMinMaxScaler multi) {
      return between(
          multi.getMin(input),
          multi.getMax(input),
          multi.getTargetMin(),
          multi.getTargetMax(),
          shape);
    }
    if (normalizer instanceof ImagePreProcessingScaler scaler) {
      double width = scaler.getMaxPixelVal();
      double range = scaler.getMaxRange() - scaler.getMinRange();
      return new Normaliser(
          new float[] {(float) (-scaler.getMinRange() * width / range)},
          new float[] {(float) (range / width)},
          1);
    }
    if (normalizer instanceof VGG16ImagePreProcessor) {
      INDArray mean = VGG16ImagePreProcessor.VGG_MEAN_OFFSET_BGR;
      return shifts(mean.toFloatVector(), new float[] {1, 1, 1}, shape);
    }
    throw new WrongSettings(
        "the file's normaliser is a %s, which is not supported; save the network without it and set"
            .concat(" data.normalise")
            .formatted(normalizer.getClass().getName()));
  }

  private static Normaliser standardised(INDArray mean, INDArray std, Shape shape) {
    float[] scale = std.toFloatVector();
    for (int i = 0; i < scale.length; i++) {
      scale[i] = 1 / scale[i];
    }
    return shifts(mean.toFloatVector(), scale, shape);
  }

  private static Normaliser between(
      INDArray min, INDArray max, double targetMin, double targetMax, Shape shape) {
    double[] low = min.toDoubleVector();
    double[] high = max.toDoubleVector();
    float[] shift = new float[low.length];
    float[] scale = new float[low.length];
    for (int i = 0; i < low.length; i++) {
      double span = high[i] > low[i] ? high[i] - low[i] : 1;
      double range = span / (targetMax - targetMin);
      shift[i] = (float) (low[i] - targetMin * range);
      scale[i] = (float) (1 / range);
    }
    return shifts(shift, scale, shape);
  }

  /** One for each number, or one for each channel or feature. */
  private static Normaliser shifts(float[] shift, float[] scale, Shape shape) {
    boolean all = shift.length == shape.size();
    require(
        all || shift.length == shape.channels(),
        "the file's normaliser is for %d features or channels, but the data gives %s",
        shift.length,
        shape);
    boolean blocks = !all && shape.channelAxis() == 0 && shape.rank() > 1;
    return new Normaliser(shift, scale, blocks ? shape.size() / shift.length : 1);
  }

  /**
   * Ours as one of DL4J's; empty where values stay as they are.
   *
   * @throws IllegalArgumentException when the pixels of a channel have scales of their own
   */
  static Optional<Normalizer<?>> toTheirs(List<Normaliser> ours, List<Shape> inputs) {
    if (ours.stream().allMatch(Normaliser::isNone)) {
      return Optional.empty();
    }
    DistributionStats[] stats = new DistributionStats[ours.size()];
    for (int i = 0; i < stats.length; i++) {
      stats[i] = stats(ours.get(i), inputs.get(i));
    }
    if (stats.length == 1) {
      return Optional.of(new NormalizerStandardize(stats[0].getMean(), stats[0].getStd()));
    }
    MultiNormalizerStandardize multi = new MultiNormalizerStandardize();
    multi.setFeatureStats(Arrays.asList(stats));
    return Optional.of(multi);
  }

  /** DL4J keeps one mean for each feature of a vector or sequence, and for each channel. */
  private static DistributionStats stats(Normaliser ours, Shape shape) {
    int width = shape.channels();
    int stride = shape.channelAxis() == 0 && shape.rank() > 1 ? shape.size() / width : 1;
    float[] mean = new float[width];
    float[] std = new float[width];
    for (int i = 0; i < width; i++) {
      int k = i * stride / ours.inner() % ours.shift().length;
      int last = ((i + 1) * stride - 1) / ours.inner() % ours.shift().length;
      require(k == last, "DL4J knows no normalisation of single pixels");
      mean[i] = ours.shift()[k];
      std[i] = 1 / ours.scale()[k];
    }
    return new DistributionStats(
        Nd4j.create(mean).reshape(1, width), Nd4j.create(std).reshape(1, width));
  }
}
