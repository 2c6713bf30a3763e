package dev.braid.worker.inference;

import java.io.Serializable;
import java.util.List;

/**
 * What an ONNX file does not say of itself.
 *
 * @param inputShape of one example; needed where the file leaves sizes open
 * @param inputScale what raw inputs are multiplied with; 1 if left out, 0.00392156862745098 brings
 *     bytes to 0..1
 * @param output which output is the answer; the first if left out
 * @param classes their names where the outputs are probabilities of classes; left out, the answers
 *     are numbers
 */
public record OnnxSettings(
    List<Integer> inputShape, Float inputScale, String output, List<String> classes)
    implements Serializable {
  /** Says nothing. */
  public static final OnnxSettings NONE = new OnnxSettings(null, null, null, null);

  public OnnxSettings {
    inputScale = inputScale == null ? 1 : inputScale;
    inputShape = inputShape == null ? null : List.copyOf(inputShape);
    classes = classes == null ? null : List.copyOf(classes);
  }
}
