package dev.braid.jobs.settings;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.introspect.AnnotatedClassResolver;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.worker.Spelling;
import dev.braid.worker.WrongSettings;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What is wrong with a file of settings, in words for whoever wrote it. */
final class Complaint {
  private static final Pattern PLACE = Pattern.compile("line (\\d+), column (\\d+)");

  private final Class<?> file;
  private final ObjectNode tree;
  private final Map<JsonPointer, String> places;

  /**
   * @param file the record that it is read into
   * @param places where the settings stand: a line of the file, an assignment
   */
  Complaint(Class<?> file, ObjectNode tree, Map<JsonPointer, String> places) {
    this.file = file;
    this.tree = tree;
    this.places = places;
  }

  /** {@code ", line 3, column 7: the parser's words"}. */
  static String aboutSyntax(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    // The parser's message is a sandwich of sentences, indented places and excerpts.
    String words =
        message
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith(" "))
            .collect(Collectors.joining(": "));
    String place =
        PLACE
            .matcher(message)
            .results()
            .map(MatchResult::group)
            .reduce((first, second) -> second)
            .orElseGet(
                () -> {
                  JsonLocation at = e.getLocation();
                  return "line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
                });
    return ", " + place + ": " + words;
  }

  /** What kept the tree from becoming a record, with the setting and where it stands. */
  String about(JsonMappingException e) {
    JsonPointer at = pointer(e.getPath());
    if (e instanceof UnrecognizedPropertyException unknown) {
      return unknownKey(unknown.getPropertyName(), keysOf(unknown.getReferringClass()), at.head());
    }
    if (e instanceof InvalidTypeIdException unknown && unknown.getTypeId() != null) {
      return unknownKind(unknown.getTypeId(), unknown.getBaseType().getRawClass(), at);
    }
    // A key that seems to be missing may only be misspelt.
    if (e instanceof ValueInstantiationException refused
        && refused.getCause() instanceof WrongSettings refusal) {
      Class<?> type = refused.getType().getRawClass();
      JsonPointer section = chosen(type, at);
      return misspelt(type, section).orElse(label(section) + refusal.getMessage());
    }
    if (e instanceof MismatchedInputException mismatch
        && mismatch.getTargetType() != null
        && !chosen(mismatch.getTargetType(), at).equals(at)) {
      JsonPointer section = chosen(mismatch.getTargetType(), at);
      return "%sexpected {its settings}, or {} for none, got %s"
          .formatted(label(section), describe(tree.at(section)));
    }
    JsonNode node = tree.at(at);
    if (node.isMissingNode() || node.isNull()) {
      Class<?> owner = (Class<?>) e.getPath().get(e.getPath().size() - 1).getFrom();
      return misspelt(owner, at.head())
          .orElseGet(() -> dotted(at) + " is missing" + place(at.head()));
    }
    if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      return "%sexpected %s, got %s"
          .formatted(label(at), expected(mismatch.getTargetType()), describe(node))
          .concat(Spelling.suggestion(node.asText(), words(mismatch.getTargetType())));
    }
    return label(at) + e.getOriginalMessage();
  }

  /** A value in a few words: {@code 'abc'}, {@code a list}. */
  static String describe(JsonNode node) {
    if (node instanceof ObjectNode section) {
      List<String> keys = keys(section);
      return keys.isEmpty() ? "an empty section" : "a section with " + String.join(", ", keys);
    }
    if (node instanceof ArrayNode) {
      return "a list";
    }
    return node.isNull() ? "nothing" : "'" + node.asText() + "'";
  }

  private String unknownKey(String key, List<String> known, JsonPointer section) {
    return "unknown key '%s'%s%s%s known keys: %s"
        .formatted(
            key,
            section.matches() ? "" : " in " + dotted(section),
            place(section.appendProperty(key)),
            Spelling.nearest(key, known).isPresent() ? suggestion(key, known) : owners(key),
            known.isEmpty() ? "none" : list(known));
  }

  /** The sections that know a key, in words. */
  private String owners(String key) {
    return SectionsOfKey.in(file, key, tree).stream()
        .map(section -> section.matches() ? "the top of the file" : dotted(section))
        .limit(3)
        .reduce((a, b) -> a + " or " + b)
        .map("; it belongs to %s;"::formatted)
        .orElse(";");
  }

  private String unknownKind(String kind, Class<?> base, JsonPointer at) {
    Collection<String> known = names(base);
    return "%sunknown %s '%s'%s known: %s"
        .formatted(label(at), noun(base), kind, suggestion(kind, known), list(known));
  }

  /** The first key of a section that its record does not know, if there is one. */
  private Optional<String> misspelt(Class<?> type, JsonPointer section) {
    if (!(tree.at(section) instanceof ObjectNode node)) {
      return Optional.empty();
    }
    List<String> known = keysOf(type);
    return keys(node).stream()
        .filter(key -> !known.contains(key))
        .findFirst()
        .map(key -> unknownKey(key, known, section));
  }

  /** The words an enum is written with; none for other types. */
  private static List<String> words(Class<?> type) {
    return type.isEnum()
        ? Arrays.stream(type.getEnumConstants())
            .map(constant -> SettingsFile.YAML.convertValue(constant, String.class))
            .toList()
        : List.of();
  }

  private static String expected(Class<?> type) {
    if (type.isEnum()) {
      return "one of " + list(words(type));
    }
    Collection<String> kinds = names(type);
    if (!kinds.isEmpty()) {
      return "exactly one %s of %s, as 'name: {settings}'".formatted(noun(type), list(kinds));
    }
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      return "a whole number";
    }
    if (type == double.class || type == Double.class || type == float.class) {
      return "a number";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == String.class) {
      return "a text";
    }
    return Collection.class.isAssignableFrom(type) || type.isArray()
        ? "a list"
        : "a section with keys";
  }

  /** What a choice can be made of; nothing where there is no choice. */
  static List<NamedType> kinds(Class<?> base) {
    var config = SettingsFile.YAML.getDeserializationConfig();
    var described = AnnotatedClassResolver.resolve(config, config.constructType(base), config);
    return config.getSubtypeResolver().collectAndResolveSubtypesByTypeId(config, described).stream()
        .filter(kind -> kind.hasName() && kind.getType() != base)
        .toList();
  }

  private static Collection<String> names(Class<?> base) {
    return kinds(base).stream()
        .map(NamedType::getName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String suggestion(String word, Collection<String> known) {
    return Spelling.nearest(word, known).map("; did you mean '%s'?"::formatted).orElse(";");
  }

  private static String noun(Class<?> type) {
    return type.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
  }

  private static String list(Collection<String> words) {
    return String.join(", ", words);
  }

  private static List<String> keys(JsonNode section) {
    return section.properties().stream().map(Map.Entry::getKey).toList();
  }

  /** The keys a record's section may have, in the record's order. */
  private static List<String> keysOf(Class<?> type) {
    return properties(type).stream().map(BeanPropertyDefinition::getName).toList();
  }

  /** What a record's section may hold, in the record's order. */
  static List<BeanPropertyDefinition> properties(Class<?> type) {
    var config = SettingsFile.YAML.getDeserializationConfig();
    return config.introspect(config.constructType(type)).findProperties();
  }

  /** Follows Jackson's path, which leaves out the key that names a choice. */
  private JsonPointer pointer(List<JsonMappingException.Reference> path) {
    JsonPointer pointer = JsonPointer.empty();
    for (JsonMappingException.Reference step : path) {
      String key = step.getFieldName();
      if (key == null) {
        pointer = pointer.appendIndex(step.getIndex());
        continue;
      }
      JsonNode node = tree.at(pointer);
      if (!node.has(key) && node.size() == 1 && node.elements().next() instanceof ObjectNode) {
        pointer = pointer.appendProperty(keys(node).get(0));
      }
      pointer = pointer.appendProperty(key);
    }
    return pointer;
  }

  /** Where the settings of a choice stand that has been made: behind the key that names it. */
  private JsonPointer chosen(Class<?> type, JsonPointer at) {
    boolean isChoice = !type.isInterface() && !names(type).isEmpty();
    return isChoice && tree.at(at) instanceof ObjectNode node && node.size() == 1
        ? at.appendProperty(keys(node).get(0))
        : at;
  }

  private String label(JsonPointer at) {
    return at.matches() ? "" : dotted(at) + place(at) + ": ";
  }

  /** The path as {@code --set} writes it. */
  private static String dotted(JsonPointer at) {
    return at.toString().substring(1).replace('/', '.');
  }

  /** {@code " (line 3)"} of the setting or of the nearest section around it, or nothing. */
  private String place(JsonPointer at) {
    for (JsonPointer p = at; p != null && !p.matches(); p = p.head()) {
      if (places.containsKey(p)) {
        return " (" + places.get(p) + ")";
      }
    }
    return "";
  }
}
