package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.shape.Site;
import java.util.List;

/**
 * Layers one after the other along their channels (features); all other sizes are equal.
 *
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("concatenate")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Concatenate(
    String name,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> from)
    implements Layer {
  @Override
  public LayerPlan plan(Site site) {
    site.requireSeveral();
    Shape first = site.shape();
    int channels = 0;
    for (Site.Source source : site.sources()) {
      require(
          source.shape().rank() == first.rank() && source.shape().spatial().equals(first.spatial()),
          "%s joins %s: all sizes but the %s must be equal; change the padding or stride of one"
              + " branch",
          site.describe(),
          site.describeSources(),
          first.rank() <= 2 ? "last (features)" : "first (channels)");
      channels = Math.addExact(channels, source.shape().channels());
    }
    return new LayerPlan(this, site, Shape.ofChannels(channels, first.spatial()));
  }
}
