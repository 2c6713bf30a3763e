package dev.braid.driver.source.example;

import static dev.braid.worker.Check.require;

import dev.braid.worker.network.Target;
import dev.braid.worker.task.ClassNames;
import dev.braid.worker.task.LabelCodec;
import dev.braid.worker.task.Task;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;

/**
 * What is to be predicted of an example, by one output.
 *
 * @param name of the output, as the job file calls it
 * @param task what kind of prediction
 * @param width numbers in a label: 1 for a class, the number of targets or properties otherwise,
 *     the number of time steps where each has a class; of one step, where labels are along time
 * @param classes the names of the classes, a label being an index into them; empty where there are
 *     none, or where they are not known before everything is read
 */
public record Labels(String name, Task task, int width, List<String> classes)
    implements Serializable {
  /** The name of an output that the job file does not name. */
  public static final String ONLY = "output";

  public Labels {
    classes = List.copyOf(classes);
    require(width > 0, "a label must hold at least 1 number, got %d", width);
  }

  /** Of the only output. */
  public Labels(Task task, int width, List<String> classes) {
    this(ONLY, task, width, classes);
  }

  /** The same with the classes that occur. */
  public Labels withClasses(Collection<String> names) {
    return new Labels(name, task, width, task.classes(width, names));
  }

  /**
   * The same with classes up to {@code count}, where those of time steps are named by their ids: a
   * network may have units for classes that no example shows.
   */
  public Labels upTo(int count) {
    return width > 1 ? new Labels(name, task, width, ClassNames.upTo(count, classes)) : this;
  }

  /** Whether everything has to be read to know the classes. */
  public boolean isOpen() {
    return task.hasClasses() && classes.isEmpty();
  }

  /** Whether what is to be predicted is one of several classes for each example. */
  public boolean tellsClassesApart() {
    return task.hasClasses() && width == 1 && !task.isAlongTime();
  }

  /** How they are written, and the numbers that a network learns from. */
  public LabelCodec codec() {
    return task.codec(classes);
  }

  /**
   * What they say to whoever plans the network. Where all examples must be read to know the
   * classes, two are taken for granted.
   */
  public Target target() {
    return task.target(width, isOpen() ? 2 : classes.size());
  }
}
