package dev.braid.jobs.settings;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import java.util.ArrayList;
import java.util.List;

/** The sections of a file in which a key may stand; of choices those that the file has made. */
record SectionsOfKey(String key, JsonNode tree, List<JsonPointer> found) {
  private static final int MAX_DEPTH = 5;

  /** Where a key may stand in a file that is read into a record. */
  static List<JsonPointer> in(Class<?> file, String key, JsonNode tree) {
    SectionsOfKey sections = new SectionsOfKey(key, tree, new ArrayList<>());
    sections.look(file, JsonPointer.empty(), 0);
    return sections.found;
  }

  private void look(Class<?> type, JsonPointer at, int depth) {
    if (type.isAnnotationPresent(JsonTypeInfo.class)) {
      JsonNode choice = tree.at(at);
      for (NamedType kind : Complaint.kinds(type)) {
        if (choice.size() == 1 && choice.has(kind.getName())) {
          look(kind.getType(), at.appendProperty(kind.getName()), depth);
        }
      }
    } else if (type.isRecord() && depth < MAX_DEPTH) {
      for (BeanPropertyDefinition property : Complaint.properties(type)) {
        if (property.getName().equals(key)) {
          found.add(at);
        }
        look(property.getRawPrimaryType(), at.appendProperty(property.getName()), depth + 1);
      }
    }
  }
}
