package dev.braid.worker.loss;

import dev.braid.worker.Spelling;
import dev.braid.worker.WrongSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
   * The loss of a name, or of a name with settings.
   *
   * @param written a name, or a map of one name to a map of settings
   * @throws WrongSettings if it is none of these
   */
  static Loss of(Object written) {
    if (written instanceof String name) {
      return named(name);
    }
    if (written instanceof Map<?, ?> map && map.size() == 1) {
      Map.Entry<?, ?> only = map.entrySet().iterator().next();
      if (only.getValue() instanceof Map<?, ?> settings) {
        Map<String, Object> byName = new LinkedHashMap<>();
        settings.forEach((key, value) -> byName.put(String.valueOf(key), value));
        Loss loss = named(String.valueOf(only.getKey()));
        return byName.isEmpty() ? loss : loss.with(byName);
      }
    }
    throw new WrongSettings(
        "expected the name of a loss, or {name: {settings}}, got %s".formatted(written));
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
