package dev.braid.worker.task.tagging;

import java.util.ArrayList;
import java.util.List;

/**
 * Words that tags mark as one thing.
 *
 * @param type as {@code person}
 * @param from its first word
 * @param to the word after its last
 */
public record Entity(String type, int from, int to) {

  /**
   * The entities that tags mark, in their order. Any tags can be read, of every scheme and where
   * they break it: as seqeval and the CoNLL tasks' own program count, an entity begins with B, with
   * S, after O and where the type changes, and ends with E, with S, and before the next or O.
   */
  public static List<Entity> of(List<String> tags) {
    return ofTags(tags.stream().map(Tag::of).toList());
  }

  static List<Entity> ofTags(List<Tag> tags) {
    List<Entity> entities = new ArrayList<>();
    Tag before = TagScheme.NO_WORD;
    int from = 0;
    for (int i = 0; i <= tags.size(); i++) {
      Tag tag = i == tags.size() ? TagScheme.NO_WORD : tags.get(i);
      if (endsBetween(before, tag)) {
        entities.add(new Entity(before.type(), from, i));
      }
      if (beginsBetween(before, tag)) {
        from = i;
      }
      before = tag;
    }
    return entities;
  }

  private static boolean endsBetween(Tag before, Tag tag) {
    return switch (before.place()) {
      case 'E', 'S' -> true;
      case 'B', 'I' -> "BSO".indexOf(tag.place()) >= 0 || !before.type().equals(tag.type());
      case 'O' -> false;
      default -> !before.type().equals(tag.type());
    };
  }

  private static boolean beginsBetween(Tag before, Tag tag) {
    return switch (tag.place()) {
      case 'B', 'S' -> true;
      case 'I', 'E' -> "ESO".indexOf(before.place()) >= 0 || !before.type().equals(tag.type());
      case 'O' -> false;
      default -> !before.type().equals(tag.type());
    };
  }
}
