package dev.braid.worker.torch.layer;

import dev.braid.worker.layer.Attention;
import dev.braid.worker.layer.AttentionPooling;
import dev.braid.worker.layer.LastStep;
import dev.braid.worker.layer.MultiHeadAttention;
import dev.braid.worker.layer.PositionalEncoding;
import dev.braid.worker.layer.RepeatVector;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Layers that weigh the steps of a sequence, and what goes with them. */
final class AttentionLayers {
  private AttentionLayers() {}

  static Forward repeatVector(RepeatVector settings, TorchLayer layer) {
    return (inputs, pass) -> {
      Tensor x = inputs[0];
      long times = settings.times() == null ? inputs[1].size(1) : settings.times();
      return x.unsqueeze(1).expand(x.size(0), times, x.size(1));
    };
  }

  static Forward lastStep(LastStep settings, TorchLayer layer) {
    return (inputs, pass) -> {
      Lengths lengths = pass.lengths(0);
      return lengths == null ? inputs[0].select(1, -1) : lengths.last(inputs[0]);
    };
  }

  static Forward pooling(AttentionPooling settings, TorchLayer layer) {
    return (inputs, pass) -> {
      Tensor x = inputs[0];
      Tensor hidden = torch.linear(x, layer.tensor(0), layer.optional(1)).tanh();
      Tensor scores = torch.linear(hidden, layer.tensor(2)).transpose(1, 2);
      return mean(scores, x, pass.lengths(0), false).squeeze(1);
    };
  }

  static Forward attention(Attention settings, TorchLayer layer) {
    return (inputs, pass) -> {
      Read read = Read.of(inputs, pass);
      Tensor scores =
          switch (settings.score()) {
            case ADDITIVE -> additive(read, layer);
            case DOT -> dot(read.queries, read.keys);
            case SCALED_DOT -> scaled(dot(read.queries, read.keys), read.queries.size(2));
            case GENERAL -> dot(torch.matmul(read.queries, layer.tensor(0)), read.keys);
          };
      Tensor result = mean(scores, read.values, read.lengths, settings.causal());
      return read.single ? result.squeeze(1) : result;
    };
  }

  static Forward multiHead(MultiHeadAttention settings, TorchLayer layer) {
    boolean together = layer.plan().parameters().get(0).name().equals("in_proj_weight");
    int output = together ? 1 : 3;
    return (inputs, pass) -> {
      Read read = Read.of(inputs, pass);
      List<Tensor> projections =
          together ? parts(layer.tensor(0)) : layer.tensors().subList(0, output);
      Tensor bias = settings.bias() ? layer.tensor(output + 1) : null;
      Tensor q = heads(read.queries, projections.get(0), part(bias, 0), settings.heads());
      Tensor k = heads(read.keys, projections.get(1), part(bias, 1), settings.heads());
      Tensor v = heads(read.values, projections.get(2), part(bias, 2), settings.heads());
      Tensor means = mean(scaled(dot(q, k), q.size(3)), v, read.lengths, settings.causal());
      Tensor result =
          torch.linear(
              means.transpose(1, 2).flatten(2, 3),
              layer.tensor(output),
              layer.optional(output + 2));
      return read.single ? result.squeeze(1) : result;
    };
  }

  static Forward positionalEncoding(PositionalEncoding settings, TorchLayer layer) {
    int features = layer.input().channels();
    return Forward.of(
        x -> {
          float[] places = PositionalEncoding.places(Math.toIntExact(x.size(1)), features);
          Tensor tensor =
              torch.zeros(new long[] {x.size(1), features}, new TensorOptions(x.scalar_type()));
          layer.precision().write(tensor, 0, places, 0, places.length);
          return x.add(tensor);
        });
  }

  /**
   * What an attention layer reads, each [size, time, features].
   *
   * @param lengths of the keys; null where none of them is padding
   * @param single whether there is one query, which had no time
   */
  private record Read(Tensor queries, Tensor keys, Tensor values, Lengths lengths, boolean single) {
    static Read of(Tensor[] inputs, Pass pass) {
      int keys = Math.min(1, inputs.length - 1);
      boolean single = inputs[0].dim() == 2;
      Tensor queries = single ? inputs[0].unsqueeze(1) : inputs[0];
      return new Read(queries, inputs[keys], inputs[inputs.length - 1], pass.lengths(keys), single);
    }
  }

  private static Tensor additive(Read read, TorchLayer layer) {
    Tensor ofQueries = torch.linear(read.queries, layer.tensor(0)).unsqueeze(2);
    Tensor ofKeys = torch.linear(read.keys, layer.tensor(1)).unsqueeze(1);
    return torch.linear(ofQueries.add(ofKeys).tanh(), layer.tensor(2)).squeeze(3);
  }

  private static Tensor dot(Tensor queries, Tensor keys) {
    return torch.matmul(queries, keys.transpose(-2, -1));
  }

  private static Tensor scaled(Tensor scores, long features) {
    return scores.mul(new Scalar(1 / Math.sqrt((double) features)));
  }

  /**
   * The mean of values weighed by the softmax of the scores over time, [size, ..., queries,
   * features].
   *
   * @param scores [size, ..., queries, keys]
   * @param values [size, ..., keys, features]
   * @param lengths of the keys; null where none of them is padding
   * @param causal whether a query sees no key of a later step
   */
  private static Tensor mean(Tensor scores, Tensor values, Lengths lengths, boolean causal) {
    Scalar never = new Scalar(Double.NEGATIVE_INFINITY);
    Tensor seen = scores;
    if (lengths != null) {
      Tensor padding = lengths.padding().unsqueeze(1);
      seen = seen.masked_fill(scores.dim() == 4 ? padding.unsqueeze(1) : padding, never);
    }
    if (causal) {
      long[] square = {scores.size(-2), scores.size(-1)};
      Tensor later = torch.ones(square, scores.options()).triu(1).to(torch.ScalarType.Bool);
      seen = seen.masked_fill(later, never);
    }
    return torch.matmul(torch.softmax(seen, -1), values);
  }

  /** [size, time, features] projected and cut into heads: [size, heads, time, features / heads]. */
  private static Tensor heads(Tensor x, Tensor weight, TensorOptional bias, int heads) {
    Tensor y = torch.linear(x, weight, bias);
    return y.view(y.size(0), y.size(1), heads, y.size(2) / heads).transpose(1, 2);
  }

  private static List<Tensor> parts(Tensor weight) {
    TensorVector parts = torch.chunk(weight, 3, 0);
    return List.of(parts.get(0), parts.get(1), parts.get(2));
  }

  private static TensorOptional part(Tensor bias, int number) {
    return bias == null
        ? new TensorOptional()
        : new TensorOptional(torch.chunk(bias, 3, 0).get(number));
  }
}
