package dev.braid.worker.layer;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.shape.Padding;
import dev.braid.worker.shape.Window;
import java.util.List;

/**
 * The largest number under a window, for each channel; padding is never the largest.
 *
 * @param kernel size of the window, one number for all dimensions or one for each
 * @param stride how far the window moves, by default the kernel
 * @param padding by default valid; less than the kernel
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("maxPooling")
public record MaxPooling(
    @JsonProperty(required = true)
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        List<Integer> kernel,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<Integer> stride,
    Padding padding,
    String name,
    List<String> from)
    implements Pooling {
  public MaxPooling {
    kernel = Window.sizesOr(null, "kernel", kernel);
    stride = Window.sizesOr(kernel, "stride", stride);
    padding = padding == null ? Padding.VALID : padding;
  }
}
