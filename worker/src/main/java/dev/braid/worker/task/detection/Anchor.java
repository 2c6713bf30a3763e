package dev.braid.worker.task.detection;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.Serializable;
import java.util.List;

/**
 * A shape that objects often have: one of the boxes that each cell of a grid may answer with. In
 * job files a list of its two numbers.
 *
 * @param width share of the picture's width, above 0; it may exceed 1
 * @param height share of the picture's height, above 0
 */
public record Anchor(double width, double height) implements Serializable {
  public Anchor {
    require(
        width > 0 && height > 0 && Double.isFinite(width) && Double.isFinite(height),
        "an anchor is two numbers above 0, shares of the picture's width and height, got %s, %s",
        width,
        height);
  }

  /** The anchor of two numbers, width and height. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Anchor of(List<Double> numbers) {
    require(
        numbers.size() == 2 && !numbers.contains(null),
        "an anchor is two numbers, shares of the picture's width and height, got %s",
        numbers);
    return new Anchor(numbers.get(0), numbers.get(1));
  }

  /** Width and height. */
  @JsonValue
  public List<Double> numbers() {
    return List.of(width, height);
  }

  double area() {
    return width * height;
  }

  /** The IoU with a box of this size where both have the same centre. */
  double iou(double otherWidth, double otherHeight) {
    double both = Math.min(width, otherWidth) * Math.min(height, otherHeight);
    return both / (width * height + otherWidth * otherHeight - both);
  }
}
