package dev.braid.worker.dl4j.network;

import dev.braid.worker.shape.Shape;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional3D;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutionalFlat;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeFeedForward;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeRecurrent;
import org.deeplearning4j.nn.conf.layers.Convolution3D;

/** Braid's shapes and DL4J's, which it calls input types. */
final class Dl4jShapes {
  private Dl4jShapes() {}

  /** The shape of these sizes. */
  static Shape of(long... sizes) {
    return Shape.of(Arrays.stream(sizes).mapToInt(Math::toIntExact).toArray());
  }

  /** DL4J's type of such examples. */
  static InputType type(BatchArrays.Input input) {
    List<Integer> sizes = input.shape().sizes();
    return switch (sizes.size()) {
      case 1 -> InputType.feedForward(sizes.get(0));
      case 2 ->
          InputType.recurrent(
              sizes.get(1), sizes.get(0), input.channelsLast() ? RNNFormat.NWC : RNNFormat.NCW);
      case 3 ->
          InputType.convolutional(
              sizes.get(1),
              sizes.get(2),
              sizes.get(0),
              input.channelsLast() ? CNN2DFormat.NHWC : CNN2DFormat.NCHW);
      default ->
          InputType.convolutional3D(
              Convolution3D.DataFormat.NCDHW,
              sizes.get(1),
              sizes.get(2),
              sizes.get(3),
              sizes.get(0));
    };
  }

  /** The shape of DL4J's type. */
  static Shape of(InputType type) {
    if (type instanceof InputTypeRecurrent time) {
      return of(time.getTimeSeriesLength(), time.getSize());
    }
    if (type instanceof InputTypeConvolutional image) {
      return of(image.getChannels(), image.getHeight(), image.getWidth());
    }
    if (type instanceof InputTypeConvolutional3D volume) {
      return of(volume.getChannels(), volume.getDepth(), volume.getHeight(), volume.getWidth());
    }
    return of(
        type instanceof InputTypeConvolutionalFlat flat
            ? flat.getFlattenedSize()
            : ((InputTypeFeedForward) type).getSize());
  }

  /** Whether DL4J has the channels or features of this type last. */
  static boolean isChannelsLast(InputType type) {
    return (type instanceof InputTypeConvolutional image && image.getFormat() == CNN2DFormat.NHWC)
        || (type instanceof InputTypeRecurrent time && time.getFormat() == RNNFormat.NWC);
  }
}
