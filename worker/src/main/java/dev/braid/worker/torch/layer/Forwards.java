package dev.braid.worker.torch.layer;

import static dev.braid.worker.Check.require;

import dev.braid.worker.function.Activation;
import dev.braid.worker.layer.Absolute;
import dev.braid.worker.layer.Activate;
import dev.braid.worker.layer.Add;
import dev.braid.worker.layer.Attention;
import dev.braid.worker.layer.AttentionPooling;
import dev.braid.worker.layer.Average;
import dev.braid.worker.layer.AveragePooling;
import dev.braid.worker.layer.BatchNorm;
import dev.braid.worker.layer.Bidirectional;
import dev.braid.worker.layer.Concatenate;
import dev.braid.worker.layer.Convolution;
import dev.braid.worker.layer.Dense;
import dev.braid.worker.layer.Dropout;
import dev.braid.worker.layer.Embedding;
import dev.braid.worker.layer.Flatten;
import dev.braid.worker.layer.GlobalAveragePooling;
import dev.braid.worker.layer.GlobalMaxPooling;
import dev.braid.worker.layer.Gru;
import dev.braid.worker.layer.L2Normalise;
import dev.braid.worker.layer.LastStep;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.layer.LayerNorm;
import dev.braid.worker.layer.Lstm;
import dev.braid.worker.layer.MaxPooling;
import dev.braid.worker.layer.Maximum;
import dev.braid.worker.layer.MultiHeadAttention;
import dev.braid.worker.layer.Multiply;
import dev.braid.worker.layer.OneHot;
import dev.braid.worker.layer.Output;
import dev.braid.worker.layer.PositionalEncoding;
import dev.braid.worker.layer.RepeatVector;
import dev.braid.worker.layer.Reshape;
import dev.braid.worker.layer.SimpleRnn;
import dev.braid.worker.layer.Subtract;
import dev.braid.worker.layer.TimeDistributed;
import dev.braid.worker.layer.Upsampling;
import dev.braid.worker.layer.ZeroPadding;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Which function belongs to which layer; the simple ones are here. */
public final class Forwards {
  private static final Map<Class<? extends Layer>, Maker<Layer>> MAKERS = new HashMap<>();

  static {
    row(Dense.class, (dense, layer) -> dense(layer, dense.activation()));
    row(Convolution.class, ConvolutionAndPooling::convolution);
    row(MaxPooling.class, ConvolutionAndPooling::maxPooling);
    row(AveragePooling.class, ConvolutionAndPooling::averagePooling);
    row(GlobalMaxPooling.class, ConvolutionAndPooling::globalMaxPooling);
    row(GlobalAveragePooling.class, ConvolutionAndPooling::globalAveragePooling);
    row(ZeroPadding.class, ConvolutionAndPooling::zeroPadding);
    row(Upsampling.class, ConvolutionAndPooling::upsampling);
    row(BatchNorm.class, NormalisationLayers::batchNorm);
    row(LayerNorm.class, NormalisationLayers::layerNorm);
    row(Dropout.class, DropoutMask::dropout);
    row(Embedding.class, Forwards::embedding);
    row(SimpleRnn.class, RecurrentLayers::recurrent);
    row(Gru.class, RecurrentLayers::recurrent);
    row(Lstm.class, RecurrentLayers::recurrent);
    row(Bidirectional.class, RecurrentLayers::bidirectional);
    row(TimeDistributed.class, TimeDistributedLayers::timeDistributed);
    row(RepeatVector.class, AttentionLayers::repeatVector);
    row(LastStep.class, AttentionLayers::lastStep);
    row(AttentionPooling.class, AttentionLayers::pooling);
    row(Attention.class, AttentionLayers::attention);
    row(MultiHeadAttention.class, AttentionLayers::multiHead);
    row(PositionalEncoding.class, AttentionLayers::positionalEncoding);
    row(Flatten.class, (flatten, layer) -> reshape(layer));
    row(Reshape.class, (reshape, layer) -> reshape(layer));
    row(Activate.class, Forwards::activation);
    row(Add.class, (add, layer) -> Forwards::sum);
    row(Multiply.class, (multiply, layer) -> Forwards::product);
    row(Subtract.class, (subtract, layer) -> (inputs, pass) -> inputs[0].sub(inputs[1]));
    row(Average.class, (average, layer) -> Forwards::mean);
    row(Maximum.class, (maximum, layer) -> Forwards::largest);
    row(Absolute.class, (absolute, layer) -> Forward.of(Tensor::abs));
    row(L2Normalise.class, NormalisationLayers::l2);
    row(OneHot.class, Forwards::oneHot);
    row(Concatenate.class, Forwards::concatenation);
    row(Output.class, Forwards::output);
  }

  /** Makes the function of a layer of one kind. */
  @FunctionalInterface
  interface Maker<L extends Layer> {
    Forward forward(L settings, TorchLayer layer);
  }

  private Forwards() {}

  private static <L extends Layer> void row(Class<L> kind, Maker<L> maker) {
    MAKERS.put(kind, (settings, layer) -> maker.forward(kind.cast(settings), layer));
  }

  /** What a layer computes. */
  public static Forward of(TorchLayer layer) {
    Layer settings = layer.plan().layer();
    Maker<Layer> maker = MAKERS.get(settings.getClass());
    require(maker != null, "%s is not available on engine torch", layer.plan().node().describe());
    return maker.forward(settings, layer);
  }

  private static Forward activation(Activate activate, TorchLayer layer) {
    return Forward.of(x -> Activations.apply(activate.function(), x, layer.channelDim()));
  }

  private static Forward concatenation(Concatenate concatenate, TorchLayer layer) {
    return (inputs, pass) -> torch.cat(new TensorVector(inputs), layer.channelDim());
  }

  /** Its activation belongs to the loss and to what users see. */
  private static Forward output(Output output, TorchLayer layer) {
    return output.projection() ? dense(layer, Activation.IDENTITY) : Forward.of(x -> x);
  }

  private static Forward embedding(Embedding settings, TorchLayer layer) {
    Tensor table = layer.tensor(0);
    boolean mean = settings.pool() == Embedding.Pool.MEAN;
    return (inputs, pass) -> {
      Tensor x = inputs[0];
      Tensor vectors = torch.embedding(table, x.to(ScalarType.Long));
      if (settings.padding()) {
        return words(vectors, x, mean);
      }
      return mean ? Lengths.mean(vectors, pass.lengths(0)) : vectors;
    };
  }

  /** Vectors, or the mean of those, whose index is not 0, which fills up what is shorter. */
  private static Tensor words(Tensor vectors, Tensor x, boolean mean) {
    Tensor isWord = x.ne(new Scalar(0)).to(vectors.scalar_type()).unsqueeze(2);
    Tensor words = vectors.mul(isWord);
    return mean ? words.sum(1).div(isWord.sum(1).clamp_min(new Scalar(1))) : words;
  }

  private static Forward dense(TorchLayer layer, Activation activation) {
    Tensor weight = layer.tensor(0);
    Tensor bias = layer.tensorOrNull(1);
    TensorOptional optionalBias = layer.optional(1);
    int channels = layer.channelDim();
    Tensor fixedWeight = weight.detach(); // the same numbers, of which nobody wants a gradient
    Tensor fixedBias = bias == null ? null : bias.detach().unsqueeze(1);
    return (inputs, pass) -> {
      Tensor x = inputs[0];
      boolean transposed = !pass.training() && x.dim() == 2 && bias != null;
      Tensor y =
          transposed
              ? transposed(x, fixedWeight, fixedBias)
              : torch.linear(x, weight, optionalBias);
      return Activations.applyInPlace(activation, y, channels);
    };
  }

  /**
   * x W' + b as (W x' + b)': OpenBLAS is a tenth faster with the few examples on this side. The
   * gradient is slower this way.
   */
  private static Tensor transposed(Tensor x, Tensor weight, Tensor bias) {
    return torch.addmm(bias, weight, x.t()).t();
  }

  private static Forward reshape(TorchLayer layer) {
    LongStream sizes = layer.plan().shape().sizes().stream().mapToLong(Integer::longValue);
    long[] shape = LongStream.concat(LongStream.of(-1), sizes).toArray();
    return Forward.of(x -> x.reshape(shape));
  }

  private static Tensor sum(Tensor[] inputs, Pass pass) {
    Tensor sum = inputs[0];
    for (int i = 1; i < inputs.length; i++) {
      sum = sum.add(inputs[i]);
    }
    return sum;
  }

  private static Tensor mean(Tensor[] inputs, Pass pass) {
    return sum(inputs, pass).div(new Scalar((double) inputs.length));
  }

  private static Tensor largest(Tensor[] inputs, Pass pass) {
    Tensor largest = inputs[0];
    for (int i = 1; i < inputs.length; i++) {
      largest = torch.maximum(largest, inputs[i]);
    }
    return largest;
  }

  private static Forward oneHot(OneHot settings, TorchLayer layer) {
    return Forward.of(
        x -> torch.one_hot(x.to(ScalarType.Long), settings.size()).to(x.scalar_type()));
  }

  private static Tensor product(Tensor[] inputs, Pass pass) {
    Tensor product = inputs[0];
    for (int i = 1; i < inputs.length; i++) {
      product = product.mul(inputs[i]);
    }
    return product;
  }
}
