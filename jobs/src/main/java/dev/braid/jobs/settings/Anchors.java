package dev.braid.jobs.settings;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.braid.worker.WrongSettings;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * YAML's way to write settings once and use them again, which Jackson reads as text: {@code &name}
 * marks a section or a list, {@code *name} stands for it, and {@code <<: *name} for the keys of a
 * section that are not given beside it. Single values that are marked cannot be named again.
 */
final class Anchors {
  private static final String MERGE = "<<";

  /** What a file may grow to by values that stand for others, which stand for others ... */
  private static final int MAX_COPIES = 1000;

  private final ObjectNode tree;
  private final Map<String, JsonPointer> marked = new HashMap<>();
  private int copies;

  Anchors(ObjectNode tree) {
    this.tree = tree;
  }

  /**
   * Notes what the parser's last token marks, and puts in place what it stands for; to be called
   * with all tokens of a file, in their order.
   *
   * @throws IllegalArgumentException when it stands for what is not marked before it
   */
  void resolve(YAMLParser parser) throws IOException {
    JsonPointer place = parser.getParsingContext().pathAsPointer();
    if (parser.isCurrentAlias()) {
      put(place, parser.getText(), parser.getTokenLocation().getLineNr());
    } else if (parser.getObjectId() != null && parser.currentToken() != JsonToken.FIELD_NAME) {
      marked.put(parser.getObjectId(), place);
    }
  }

  private void put(JsonPointer place, String name, int line) {
    JsonPointer source = marked.get(name);
    if (source == null || isWithin(place, source)) {
      throw new WrongSettings(
          ", line %d: *%s stands for a section or list that &%s marks before it; there is none"
              .formatted(line, name, name));
    }
    if (++copies > MAX_COPIES) {
      throw new WrongSettings(
          ", line %d: more than %,d values stand for others".formatted(line, MAX_COPIES));
    }
    JsonNode value = tree.at(source).deepCopy();
    JsonNode parent = tree.at(place.head());
    if (parent instanceof ObjectNode section) {
      section.set(place.last().getMatchingProperty(), value);
    } else {
      ((ArrayNode) parent).set(place.last().getMatchingIndex(), value);
    }
  }

  private static boolean isWithin(JsonPointer place, JsonPointer section) {
    return (place + "/").startsWith(section + "/");
  }

  /** Puts the keys of sections that were named by {@code <<} beside those that are given. */
  void merge() {
    merge(tree);
  }

  private static void merge(JsonNode node) {
    node.forEach(Anchors::merge);
    if (node instanceof ObjectNode section && section.has(MERGE)) {
      JsonNode named = section.remove(MERGE);
      if (named.isArray()) {
        named.forEach(one -> addMissing(section, one));
      } else {
        addMissing(section, named);
      }
    }
  }

  private static void addMissing(ObjectNode section, JsonNode named) {
    if (!named.isObject()) {
      throw new WrongSettings(
          ": '<<' stands before a section, such as *name, got " + Complaint.describe(named));
    }
    named
        .properties()
        .forEach(
            key -> {
              if (!section.has(key.getKey())) {
                section.set(key.getKey(), key.getValue());
              }
            });
  }
}
