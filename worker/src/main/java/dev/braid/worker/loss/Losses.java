package dev.braid.worker.loss;

import dev.braid.worker.Spelling;
import dev.braid.worker.WrongSettings;
import java.util.List;
import java.util.ServiceLoader;

/** The losses that are here, as they announce themselves. */
public final class Losses {
  private Losses() {}

  /** All losses. */
  public static List<Loss> all() {
    return ServiceLoader.load(Loss.class, Loss.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }

  /**
   * The loss of this name, whatever the case of its letters.
   *
   * @throws WrongSettings if there is none
   */
  public static Loss named(String name) {
    List<String> known = all().stream().map(Loss::name).toList();
    return all().stream()
        .filter(loss -> loss.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new WrongSettings(
                    "expected one of %s, got '%s'%s"
                        .formatted(
                            String.join(", ", known), name, Spelling.suggestion(name, known))));
  }
}
