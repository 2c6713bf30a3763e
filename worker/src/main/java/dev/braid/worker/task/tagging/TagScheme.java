package dev.braid.worker.task.tagging;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** How tags mark the words of an entity. */
public enum TagScheme {
  /** B at an entity's first word, I at its others, O elsewhere (Ramshaw, Marcus 1995; "IOB2"). */
  @JsonProperty("BIO")
  BIO("OBI") {
    @Override
    boolean mayFollow(Tag before, Tag after) {
      return after.place() != 'I' || (!before.isOutside() && before.type().equals(after.type()));
    }

    @Override
    char place(int word, int length) {
      return word == 0 ? 'B' : 'I';
    }
  },
  /** As BIO, with E at the last of several words and S where an entity is one word. */
  @JsonProperty("IOBES")
  IOBES("OBIES") {
    @Override
    boolean mayFollow(Tag before, Tag after) {
      boolean open = before.place() == 'B' || before.place() == 'I';
      boolean goesOn = after.place() == 'I' || after.place() == 'E';
      return open == goesOn && (!open || before.type().equals(after.type()));
    }

    @Override
    char place(int word, int length) {
      if (length == 1) {
        return 'S';
      }
      return word == 0 ? 'B' : word == length - 1 ? 'E' : 'I';
    }
  },
  /** I at all words of an entity, so that neighbours of one type are one entity; O elsewhere. */
  @JsonProperty("IO")
  IO("OI") {
    @Override
    boolean mayFollow(Tag before, Tag after) {
      return true;
    }

    @Override
    char place(int word, int length) {
      return 'I';
    }
  },
  /** Tags that mark no entities, such as parts of speech: any may follow any. */
  @JsonProperty("none")
  NONE("") {
    @Override
    boolean mayFollow(Tag before, Tag after) {
      return true;
    }

    @Override
    char place(int word, int length) {
      return Tag.OUTSIDE;
    }
  };

  /** What stands before a sentence's first word and after its last. */
  static final Tag NO_WORD = new Tag(Tag.OUTSIDE, "_");

  private final String places;

  TagScheme(String places) {
    this.places = places;
  }

  /** The scheme that tags look like; {@link #NONE} where some fit no other. */
  static TagScheme of(Collection<String> names) {
    boolean marks = names.stream().anyMatch(name -> !Tag.of(name).isOutside());
    for (TagScheme scheme : List.of(IO, BIO, IOBES)) {
      if (marks && names.stream().allMatch(scheme::hasTag)) {
        return scheme;
      }
    }
    return NONE;
  }

  /** Whether a word's tag may be {@code after} where the one before is {@code before}. */
  abstract boolean mayFollow(Tag before, Tag after);

  /** The place of word {@code word} in an entity of {@code length} words. */
  abstract char place(int word, int length);

  /** Whether tags of this scheme mark entities. */
  public boolean marksEntities() {
    return this != NONE;
  }

  /**
   * Whether this is a tag of the scheme.
   *
   * @throws IllegalArgumentException saying what tags look like, when it is not
   */
  public void requireTag(String name) {
    if (this == NONE) {
      return;
    }
    require(
        hasTag(name),
        "'%s' is no tag of scheme %s, which has O%s; set scheme to the one the tags are written in:"
            + " BIO, IOBES, IO, or none for tags that mark no entities",
        name,
        this,
        placesWithType());
  }

  private boolean hasTag(String name) {
    Tag tag = Tag.of(name);
    return places.indexOf(tag.place()) >= 0
        && (tag.isOutside() ? name.equals("O") : name.length() > 2 && name.charAt(1) == '-');
  }

  private String placesWithType() {
    StringBuilder names = new StringBuilder();
    for (char place : places.substring(1).toCharArray()) {
      names.append(", ").append(place).append("-TYPE");
    }
    return names.toString();
  }

  /**
   * The first word whose tag must not stand where it does; the number of words where the last tag
   * must not be the last; -1 where all is as it should be.
   *
   * @param names of the tags; null where one is missing, beside which any may stand
   */
  public int firstIllegal(List<String> names) {
    for (int i = 0; i <= names.size(); i++) {
      Tag before = i == 0 ? NO_WORD : tag(names.get(i - 1));
      Tag after = i == names.size() ? NO_WORD : tag(names.get(i));
      if (before != null && after != null && !mayFollow(before, after)) {
        return i;
      }
    }
    return -1;
  }

  private static Tag tag(String name) {
    return name == null ? null : Tag.of(name);
  }

  /** What is wrong at the word that {@link #firstIllegal} has found, in words. */
  public String illegality(List<String> names, int at) {
    String before = at == 0 ? "the beginning of the sentence" : "'" + names.get(at - 1) + "'";
    return at == names.size()
        ? String.format("tag %s must not be a sentence's last under scheme %s", before, this)
        : String.format("tag '%s' must not follow %s under scheme %s", names.get(at), before, this);
  }

  /** The tags of this scheme that mark these entities among {@code length} words. */
  public List<String> write(List<Entity> entities, int length) {
    List<String> tags = new ArrayList<>(Collections.nCopies(length, "O"));
    for (Entity entity : entities) {
      for (int i = entity.from(); i < entity.to(); i++) {
        char place = place(i - entity.from(), entity.to() - entity.from());
        tags.set(i, new Tag(place, entity.type()).name());
      }
    }
    return tags;
  }
}
