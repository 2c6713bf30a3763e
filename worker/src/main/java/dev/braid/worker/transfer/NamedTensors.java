package dev.braid.worker.transfer;

import static dev.braid.worker.Check.require;

import dev.braid.worker.Spelling;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.model.Safetensors;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.parameter.Parameter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tensors of a safetensors file, which have PyTorch's order, as Braid's have.
 *
 * @param tensors of the file
 * @param names what a layer, or one tensor of a layer ({@code dense1.weight}), is called in the
 *     file; what is not named has the same name there
 */
public record NamedTensors(Map<String, Safetensors.Tensor> tensors, Map<String, String> names)
    implements LearnedWeights {
  public NamedTensors {
    for (Map.Entry<String, String> name : names.entrySet()) {
      String there = name.getValue();
      require(
          tensors.containsKey(there)
              || tensors.keySet().stream().anyMatch(known -> known.startsWith(there + ".")),
          "transfer.names: the file has no '%s'%s; it has %s",
          there,
          Spelling.suggestion(there, List.copyOf(tensors.keySet())),
          String.join(", ", tensors.keySet()));
    }
  }

  @Override
  public Optional<float[]> of(NetworkPlan plan, LayerPlan layer, Parameter parameter) {
    String here = layer.nameOf(parameter);
    String ofLayer = names.getOrDefault(layer.node().name(), layer.node().name());
    String there = names.getOrDefault(here, ofLayer + "." + parameter.name());
    Safetensors.Tensor tensor = tensors.get(there);
    if (tensor == null) {
      return Optional.empty();
    }
    require(
        tensor.values() != null,
        "transfer.model: tensor '%s' has the type %s, but '%s' of the network needs floats: F16,"
            + " BF16, F32 or F64",
        there,
        tensor.type(),
        here);
    List<Long> shape = parameter.shape().stream().map(Integer::longValue).toList();
    require(
        tensor.shape().equals(shape),
        "transfer.model: tensor '%s' has shape %s, but '%s' of the network has %s",
        there,
        tensor.shape(),
        here,
        shape);
    return Optional.of(tensor.values());
  }
}
