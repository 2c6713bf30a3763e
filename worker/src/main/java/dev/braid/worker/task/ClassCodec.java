package dev.braid.worker.task;

import dev.braid.worker.Spelling;
import dev.braid.worker.WrongSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Labels that are names of classes; their numbers are the classes' indices. */
public final class ClassCodec implements LabelCodec {
  private static final long serialVersionUID = 1;
  private static final int MOST_NAMED = 10;

  private final List<String> classes;
  private final HashMap<String, Integer> indices = new HashMap<>();

  public ClassCodec(List<String> classes) {
    this.classes = List.copyOf(classes);
    for (String name : classes) {
      indices.put(name, indices.size());
    }
  }

  /** Class index by name. */
  public Map<String, Integer> indices() {
    return Map.copyOf(indices);
  }

  @Override
  public float number(String label) {
    Integer index = indices.get(label);
    if (index == null) {
      throw new WrongSettings(unknown(label, classes));
    }
    return index;
  }

  @Override
  public String text(float number) {
    return classes.get((int) number);
  }

  /** What is wrong with a label that is not among the classes. */
  public static String unknown(String name, List<String> classes) {
    String first = String.join(", ", classes.subList(0, Math.min(MOST_NAMED, classes.size())));
    return "label '%s' is none of the %d known classes (%s)%s"
        .formatted(
            name,
            classes.size(),
            classes.size() > MOST_NAMED ? first + ", ..." : first,
            Spelling.suggestion(name, classes));
  }
}
