package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.shape.Node;
import java.util.List;

/**
 * In training, sets each number to 0 with a given probability and scales the others up so that the
 * expectation stays (Srivastava et al. 2014); otherwise does nothing.
 *
 * @param rate probability of a 0, at least 0 and below 1
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("dropout")
public record Dropout(@JsonProperty(required = true) double rate, String name, List<String> from)
    implements Layer {
  public Dropout {
    require(rate >= 0 && rate < 1, "dropout's rate must be in [0, 1), got %s", rate);
  }

  @Override
  public AlongTime alongTime() {
    return AlongTime.EACH;
  }

  @Override
  public LayerPlan plan(Node node) {
    return new LayerPlan(this, node, node.one());
  }
}
