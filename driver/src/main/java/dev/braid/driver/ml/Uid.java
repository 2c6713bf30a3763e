package dev.braid.driver.ml;

import java.io.Serializable;

/**
 * The name of an object of Spark ML's. Its Scala classes ask for it while they are constructed,
 * before a Java constructor can set a field; until then it is kept here.
 *
 * @param name that the object will have
 */
record Uid(String name) implements Serializable {
  private static final ThreadLocal<String> COMING = new ThreadLocal<>();

  /** To be made as an argument of the constructor, which is before the superclass's begins. */
  static Uid of(String name) {
    COMING.set(name);
    return new Uid(name);
  }

  /** The name of the object whose constructor runs. */
  static String coming() {
    return COMING.get();
  }
}
