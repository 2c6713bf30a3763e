package dev.braid.worker.dl4j.zoo;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.dl4j.nd4j.Dl4jClasspath;
import dev.braid.worker.dl4j.network.Dl4jArchitecture;
import dev.braid.worker.dl4j.network.Dl4jModel;
import dev.braid.worker.dl4j.network.Dl4jPlan;
import dev.braid.worker.network.Architecture;
import dev.braid.worker.network.NetworkSection;
import dev.braid.worker.network.Start;
import dev.braid.worker.network.Target;
import dev.braid.worker.shape.Shape;
import java.util.List;
import java.util.Map;

/**
 * Section {@code network} of a job file that names an architecture of DL4J's zoo: {@code network:
 * {zoo: LeNet}}. It begins with first weights: nothing is downloaded.
 *
 * @param zoo the architecture
 * @param inputShape of one example; null for the data's own
 * @param numClasses null for as many as the data has
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NONE)
public record Zoo(
    @JsonProperty(required = true) ZooNetwork zoo, Shape inputShape, Integer numClasses)
    implements NetworkSection, Architecture {
  public Zoo {
    require(zoo != null, "network.zoo needs the name of an architecture, such as LeNet");
    require(
        numClasses == null || numClasses > 0, "numClasses must be at least 1, got %s", numClasses);
  }

  @Override
  public Start start(Files files) {
    Dl4jClasspath.requireHere("network.zoo");
    return Start.of(this);
  }

  @Override
  public Dl4jPlan plan(Map<String, Shape> data, List<Target> targets) {
    require(data.size() == 1, "%s has 1 input, but the data has %d", name(), data.size());
    Map.Entry<String, Shape> only = data.entrySet().iterator().next();
    Shape shape = inputShape == null ? only.getValue() : inputShape;
    require(
        shape.size() == only.getValue().size(),
        "network.inputShape %s asks for %d numbers, but the data gives %s",
        shape,
        shape.size(),
        only.getValue());
    boolean text = zoo == ZooNetwork.TEXT_GENERATION_LSTM;
    require(
        shape.rank() == (text ? 2 : 3),
        "%s reads %s, but the data gives %s; set network.inputShape",
        name(),
        text ? "[time, characters]" : "[channels, height, width]",
        shape);
    return Dl4jArchitecture.of(build(shape, classes(targets)))
        .plan(Map.of(only.getKey(), shape), targets);
  }

  private Dl4jModel build(Shape shape, int classes) {
    try {
      return zoo.build(shape, classes);
    } catch (RuntimeException e) {
      throw new WrongSettings(
          "%s cannot be built for inputs of %s; try larger ones: %s"
              .formatted(name(), shape, e.getMessage()),
          e);
    }
  }

  private int classes(List<Target> targets) {
    if (numClasses != null) {
      return numClasses;
    }
    int classes = targets.isEmpty() ? 0 : targets.get(0).classes();
    require(
        classes > 0 || zoo == ZooNetwork.U_NET,
        "network.numClasses is missing: the data does not say how many classes %s is to tell apart",
        name());
    return Math.max(1, classes);
  }

  private String name() {
    try {
      return ZooNetwork.class.getField(zoo.name()).getAnnotation(JsonProperty.class).value();
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException("every architecture is a field of its enum", e);
    }
  }
}
