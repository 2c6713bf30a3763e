package dev.braid.worker;

import static dev.braid.worker.Check.require;

/**
 * A library with native code that a build of Braid may be without.
 *
 * @param name as messages call it
 * @param path of one of its classes, by which it is found out whether it is here
 * @param instead which builds have it, and what else would do
 */
public record Library(String name, String path, String instead) {

  /** Whether it is on the classpath. */
  public boolean isHere() {
    return Library.class.getClassLoader().getResource(path) != null;
  }

  /**
   * Does nothing where it is here.
   *
   * @param what needs it, as a person says it
   * @throws IllegalArgumentException where it is not
   */
  public void requireHere(String what) {
    require(
        isHere(),
        "%s needs %s, which this build of Braid is without; take one built without %s",
        what,
        name,
        instead);
  }
}
