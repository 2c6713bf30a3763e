package dev.braid.worker.task.tagging;

import java.io.Serializable;

/**
 * What a word's tag says: its place in an entity, and the entity's type.
 *
 * @param place the letter in front: O outside, B at the beginning, I inside, E at the end, S alone
 * @param type the entity's type, as {@code person} of {@code B-person}; {@code _} where none is
 *     named
 */
record Tag(char place, String type) implements Serializable {
  static final char OUTSIDE = 'O';

  /** A tag as files write it, read as seqeval reads it. */
  static Tag of(String name) {
    int dash = name.indexOf('-');
    String type = name.substring(dash < 0 ? Math.min(1, name.length()) : dash + 1);
    return new Tag(name.isEmpty() ? OUTSIDE : name.charAt(0), type.isEmpty() ? "_" : type);
  }

  /** The tag as files write it. */
  String name() {
    return place == OUTSIDE ? "O" : place + "-" + type;
  }

  boolean isOutside() {
    return place == OUTSIDE;
  }
}
