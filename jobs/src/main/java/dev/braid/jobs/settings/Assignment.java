package dev.braid.jobs.settings;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.worker.WrongSettings;

/** {@code --set path.to.key=value}: one change to a tree of settings. */
final class Assignment {
  private Assignment() {}

  /**
   * Writes the value into the tree, making the sections on the way that are not there yet; whether
   * they are known is found out when the tree becomes a record.
   *
   * @return where the value now stands
   */
  static JsonPointer apply(String assignment, ObjectNode tree) {
    int equals = assignment.indexOf('=');
    require(equals > 0, "--set %s: path.to.key=value expected", assignment);
    String[] path = assignment.substring(0, equals).trim().split("\\.", -1);
    JsonNode value = value(assignment, assignment.substring(equals + 1));

    JsonNode at = tree;
    JsonPointer pointer = JsonPointer.empty();
    for (int i = 0; i < path.length; i++) {
      String key = path[i];
      boolean last = i == path.length - 1;
      require(!key.isBlank(), "--set %s: the path has an empty part", assignment);
      if (at instanceof ObjectNode section) {
        if (last) {
          section.set(key, value);
        } else if (section.path(key).isMissingNode() || section.path(key).isNull()) {
          section.putObject(key);
        }
        at = section.get(key);
        pointer = pointer.appendProperty(key);
      } else if (at instanceof ArrayNode list) {
        int index = index(assignment, key, list.size());
        if (last) {
          list.set(index, value);
        }
        at = list.get(index);
        pointer = pointer.appendIndex(index);
      } else {
        throw new WrongSettings(
            "--set %s: '%s' is %s, it has no '%s'"
                .formatted(assignment, path[i - 1], Complaint.describe(at), key));
      }
    }
    return pointer;
  }

  private static JsonNode value(String assignment, String text) {
    try {
      JsonNode value = SettingsFile.YAML.readTree(text);
      return value.isMissingNode() ? SettingsFile.YAML.getNodeFactory().nullNode() : value;
    } catch (JsonProcessingException e) {
      throw new WrongSettings("--set " + assignment + Complaint.aboutSyntax(e), e);
    }
  }

  private static int index(String assignment, String key, int size) {
    require(
        key.matches("\\d{1,9}") && Integer.parseInt(key) < size,
        "--set %s: '%s' is no entry of the list; it has %d, counted from 0",
        assignment,
        key,
        size);
    return Integer.parseInt(key);
  }
}
