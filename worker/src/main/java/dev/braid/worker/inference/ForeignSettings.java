package dev.braid.worker.inference;

import static dev.braid.worker.Check.require;

import java.io.Serializable;
import java.util.List;
import java.util.Set;

/**
 * What a model file that is not Braid's does not say of itself.
 *
 * @param inputShape of one example, as [channels, height, width] or [time, features]; needed where
 *     the file leaves sizes open
 * @param inputScale what raw inputs of ONNX and TorchScript files are multiplied with; 1 if left
 *     out, 0.00392156862745098 brings bytes to 0..1
 * @param output which output of an ONNX file is the answer; the first if left out
 * @param classes their names where the outputs are probabilities of classes; left out, the answers
 *     of ONNX and TorchScript files are numbers, and the classes of others are called by their
 *     indices
 */
public record ForeignSettings(
    List<Integer> inputShape, Float inputScale, String output, List<String> classes)
    implements Serializable {
  /** Says nothing. */
  public static final ForeignSettings NONE = new ForeignSettings(null, null, null, null);

  public ForeignSettings {
    inputScale = inputScale == null ? 1 : inputScale;
    inputShape = inputShape == null ? null : List.copyOf(inputShape);
    classes = classes == null ? null : List.copyOf(classes);
    require(inputScale != 0, "inputScale must not be 0, as all inputs would be alike");
    require(
        classes == null || Set.copyOf(classes).size() == classes.size(),
        "classes names one twice: %s",
        classes);
  }
}
