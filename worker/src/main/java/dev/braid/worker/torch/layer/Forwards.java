package dev.braid.worker.torch.layer;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.function.Activation;
import dev.braid.worker.layer.Activate;
import dev.braid.worker.layer.Add;
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
import dev.braid.worker.layer.Layer;
import dev.braid.worker.layer.LayerNorm;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.MaxPooling;
import dev.braid.worker.layer.Multiply;
import dev.braid.worker.layer.Output;
import dev.braid.worker.layer.Recurrent;
import dev.braid.worker.layer.Reshape;
import dev.braid.worker.layer.Upsampling;
import dev.braid.worker.layer.ZeroPadding;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.torch.runtime.Memory;
import dev.braid.worker.torch.runtime.Precision;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Which function belongs to which layer; the simple ones are here. */
public final class Forwards {
  private Forwards() {}

  /**
   * What a layer computes, on tensors in {@code memory}.
   *
   * @param index the layer's place in the network
   */
  public static Forward of(LayerPlan plan, int index, Memory memory, Precision precision) {
    List<Tensor> tensors =
        plan.parameters().stream()
            .map(parameter -> memory.tensor(NetworkPlan.nameOf(plan, parameter)))
            .toList();
    Layer layer = plan.layer();
    if (layer instanceof Dense dense) {
      return dense(tensors, dense.activation(), plan);
    } else if (layer instanceof Convolution convolution) {
      Tensor bias = tensors.size() > 1 ? tensors.get(1) : null;
      return ConvolutionAndPooling.convolution(plan, convolution, tensors.get(0), bias);
    } else if (layer instanceof MaxPooling pooling) {
      return ConvolutionAndPooling.maxPooling(plan, pooling);
    } else if (layer instanceof AveragePooling pooling) {
      return ConvolutionAndPooling.averagePooling(plan, pooling);
    } else if (layer instanceof GlobalMaxPooling) {
      return ConvolutionAndPooling.globalMaxPooling(plan);
    } else if (layer instanceof GlobalAveragePooling) {
      return ConvolutionAndPooling.globalAveragePooling(plan);
    } else if (layer instanceof ZeroPadding padding) {
      return ConvolutionAndPooling.zeroPadding(plan, padding);
    } else if (layer instanceof Upsampling upsampling) {
      return ConvolutionAndPooling.upsampling(plan, upsampling);
    } else if (layer instanceof BatchNorm norm) {
      return NormalisationLayers.batchNorm(plan, norm, tensors);
    } else if (layer instanceof LayerNorm norm) {
      return NormalisationLayers.layerNorm(plan, norm, tensors);
    } else if (layer instanceof Dropout dropout) {
      return DropoutMask.dropout(dropout.rate(), index, precision);
    } else if (layer instanceof Embedding embedding) {
      return Forward.of(x -> vectors(embedding, tensors.get(0), x));
    } else if (layer instanceof Recurrent recurrent) {
      return RecurrentLayers.recurrent(recurrent, tensors);
    } else if (layer instanceof Bidirectional bidirectional) {
      return RecurrentLayers.bidirectional(bidirectional, tensors);
    } else if (layer instanceof Flatten || layer instanceof Reshape) {
      return reshape(plan);
    } else if (layer instanceof Activate activate) {
      int channels = Activations.channelDim(plan.shape());
      return Forward.of(x -> Activations.apply(activate.function(), x, channels));
    } else if (layer instanceof Add) {
      return Forwards::sum;
    } else if (layer instanceof Multiply) {
      return Forwards::product;
    } else if (layer instanceof Concatenate) {
      int channels = Activations.channelDim(plan.shape());
      return (inputs, pass) -> torch.cat(new TensorVector(inputs), channels);
    } else if (layer instanceof Output) {
      // Its activation belongs to the loss and to what users see.
      return tensors.isEmpty() ? Forward.of(x -> x) : dense(tensors, Activation.IDENTITY, plan);
    }
    throw new WrongSettings(plan.node().describe() + " is not available on engine torch");
  }

  private static Tensor vectors(Embedding layer, Tensor table, Tensor x) {
    Tensor vectors = torch.embedding(table, x.to(ScalarType.Long));
    boolean mean = layer.pool() == Embedding.Pool.MEAN;
    if (!layer.padding()) {
      return mean ? vectors.mean(1) : vectors;
    }
    Tensor isWord = x.ne(new Scalar(0)).to(x.scalar_type()).unsqueeze(2);
    Tensor words = vectors.mul(isWord);
    return mean ? words.sum(1).div(isWord.sum(1).clamp_min(new Scalar(1))) : words;
  }

  private static Forward dense(List<Tensor> tensors, Activation activation, LayerPlan plan) {
    Tensor weight = tensors.get(0);
    Tensor bias = tensors.size() > 1 ? tensors.get(1) : null;
    TensorOptional optionalBias = bias == null ? new TensorOptional() : new TensorOptional(bias);
    int channels = Activations.channelDim(plan.shape());
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

  private static Forward reshape(LayerPlan plan) {
    LongStream sizes = plan.shape().sizes().stream().mapToLong(Integer::longValue);
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

  private static Tensor product(Tensor[] inputs, Pass pass) {
    Tensor product = inputs[0];
    for (int i = 1; i < inputs.length; i++) {
      product = product.mul(inputs[i]);
    }
    return product;
  }
}
