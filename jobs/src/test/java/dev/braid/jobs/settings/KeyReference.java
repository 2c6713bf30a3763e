package dev.braid.jobs.settings;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.braid.driver.inference.InferenceSettings;
import dev.braid.jobs.Checkout;
import dev.braid.jobs.embedding.EmbedFile;
import dev.braid.jobs.schedule.ScheduleFile;
import dev.braid.worker.engine.NetworkEngine;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.loss.Losses;
import dev.braid.worker.network.Guest;
import dev.braid.worker.task.Task;
import dev.braid.worker.task.Tasks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * docs/reference.md: all keys of all job files, made from the records they are read into: their
 * components, types, defaults, and what their comments say.
 */
final class KeyReference {
  private static final Map<String, Class<?>> FILES = new LinkedHashMap<>();

  static {
    FILES.put("Job files of train, transfer, evaluate, augment, gradcheck and plan", JobFile.class);
    FILES.put("Job files of infer", InferenceSettings.class);
    FILES.put("Job files of embed", EmbedFile.class);
    FILES.put("Files of schedule", ScheduleFile.class);
  }

  private static final String HEAD =
      """
      # All keys

      Every key of every job file, made from the records that job files are read into; a test fails when this
      page and they differ. Begin with [your first table](first-table.md), [pictures](first-pictures.md) or
      [texts](first-texts.md), and with the files in `conf`, which show most of these keys at work.

      A key that is not known is an error, which names the nearest one. `--set path.to.key=value` changes a key
      on the command line; entries of lists count from 0. **Paths** are local, `hdfs://` or of any other Hadoop
      file system; a path that does not begin with `/` or a scheme starts where the command is called, not where
      the job file lies, and on a cluster in the user's folder of the default file system.

      "Required" must be given. A default in this table is what the record itself puts in; where the column is
      empty, the text says what happens when the key is left out, which it may call null.
      """;

  private final StringBuilder page = new StringBuilder(HEAD);
  private final ArrayDeque<Class<?>> ahead = new ArrayDeque<>();
  private final Set<Class<?>> known = new LinkedHashSet<>();
  private final List<String> undocumented = new ArrayList<>();

  private KeyReference() {}

  /** The page, and what has no words for it. */
  record Page(String text, List<String> undocumented) {}

  static Page page() {
    KeyReference reference = new KeyReference();
    FILES.forEach(
        (title, type) -> {
          reference.known.add(type);
          reference.section("## " + title, type);
          while (!reference.ahead.isEmpty()) {
            Class<?> next = reference.ahead.poll();
            reference.section("### " + name(next), next);
          }
        });
    return new Page(reference.page.toString(), reference.undocumented);
  }

  private void section(String heading, Class<?> type) {
    Comment comment = Comment.of(type);
    page.append('\n').append(heading).append("\n\n").append(comment.words).append("\n\n");
    if (comment.words.isEmpty()) {
      undocumented.add(type.getName());
    }
    if (type.isRecord()) {
      keys(type, comment);
    } else {
      kinds(type);
    }
  }

  private void keys(Class<?> type, Comment comment) {
    if (type.getRecordComponents().length == 0) {
      page.append("No keys: `{}`.\n");
      return;
    }
    page.append("| key | value | default | |\n|---|---|---|---|\n");
    Map<String, String> defaults = defaults(type);
    for (RecordComponent component : type.getRecordComponents()) {
      JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
      boolean required =
          component.getType().isPrimitive() || (property != null && property.required());
      String words = comment.params.getOrDefault(component.getName(), "");
      if (words.isEmpty()) {
        undocumented.add(type.getName() + "." + component.getName());
      }
      page.append(
          "| `%s` | %s | %s | %s |%n"
              .formatted(
                  component.getName(),
                  value(component.getGenericType()),
                  required ? "required" : defaults.getOrDefault(component.getName(), ""),
                  (words + explained(component.getType())).replace("|", "\\|")));
    }
  }

  /** What a type without keys of its own is, in brackets. */
  private static String explained(Class<?> type) {
    boolean known =
        !type.getName().startsWith("dev.braid")
            || type.isEnum()
            || type.isRecord()
            || type == NetworkEngine.class
            || type == Task.class
            || type == Loss.class
            || isChoice(type);
    return known ? "" : " (" + firstSentence(Comment.of(type).words).replaceFirst("\\.$", "") + ")";
  }

  private void kinds(Class<?> type) {
    boolean wrapped =
        type.getAnnotation(JsonTypeInfo.class).include() == JsonTypeInfo.As.WRAPPER_OBJECT;
    page.append(
        wrapped
            ? "One of these, as in `{name: {...}}`:\n\n"
            : "One of these, told apart by keys:\n\n");
    for (JsonSubTypes.Type kind : type.getAnnotation(JsonSubTypes.class).value()) {
      String key =
          kind.name().isEmpty() && wrapped
              ? kind.value().getAnnotation(JsonTypeName.class).value()
              : kind.name();
      kind(wrapped ? "`" + key + "`: " : "", kind.value());
    }
    Guest.all()
        .flatMap(guest -> guest.described().stream())
        .filter(type::isAssignableFrom)
        .forEach(kind -> kind("", kind));
  }

  private void kind(String key, Class<?> type) {
    String words = Comment.of(type).words;
    page.append("- %s%s%s%n".formatted(key, link(type), ". " + firstSentence(words)));
  }

  private static String firstSentence(String words) {
    int end = words.indexOf(". ");
    return end < 0 ? words : words.substring(0, end + 1);
  }

  /** What may stand behind a key. */
  private String value(Type type) {
    if (type instanceof ParameterizedType of) {
      Type[] arguments = of.getActualTypeArguments();
      String last = value(arguments[arguments.length - 1]);
      return of.getRawType() == Map.class ? "by name: " + last : "list of " + last;
    }
    Class<?> plain = (Class<?>) type;
    if (plain.isEnum()) {
      return Arrays.stream(plain.getEnumConstants())
          .map(constant -> "`" + SettingsFile.YAML.valueToTree(constant).asText() + "`")
          .map(text -> text.equals(text.toUpperCase(Locale.ROOT)) ? camel(text) : text)
          .collect(Collectors.joining(", "));
    }
    if (plain == NetworkEngine.class) {
      return NetworkEngine.all().stream()
          .map(engine -> "`" + engine.name() + "`")
          .collect(Collectors.joining(", "));
    }
    if (plain == Task.class) {
      return Tasks.all().stream()
          .filter(task -> isShipped(task.getClass()))
          .map(this::task)
          .collect(Collectors.joining(", "));
    }
    if (plain == Loss.class) {
      return Losses.all().stream()
          .filter(loss -> isShipped(loss.getClass()))
          .map(loss -> "`" + loss.name() + "`" + withSettings(loss.getClass()))
          .collect(Collectors.joining(", "));
    }
    if (plain == String.class) {
      return "text";
    }
    if (plain == JsonNode.class) {
      return "anything";
    }
    if (plain == Boolean.class || plain == boolean.class) {
      return "true or false";
    }
    if (List.of(int.class, long.class, Integer.class, Long.class).contains(plain)) {
      return "whole number";
    }
    if (plain.isPrimitive() || Number.class.isAssignableFrom(plain)) {
      return "number";
    }
    return plain.getName().startsWith("dev.braid") ? link(plain) : plain.getSimpleName();
  }

  /** Whether a type is no test's own. */
  private static boolean isShipped(Class<?> type) {
    return !type.getProtectionDomain().getCodeSource().getLocation().getPath().contains("/test-");
  }

  /** A task's name, with its settings where it has any. */
  private String task(Task task) {
    return "`" + task.name() + "`" + withSettings(task.getClass());
  }

  private String withSettings(Class<?> kind) {
    boolean plain = kind.getRecordComponents().length == 0;
    return plain ? "" : " with " + link(kind);
  }

  /** Enums are read whatever the case of their letters. */
  private static String camel(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private String link(Class<?> type) {
    boolean hasKeys = type.isRecord() || isChoice(type);
    if (!hasKeys) {
      return name(type).replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
    }
    if (known.add(type)) {
      ahead.add(type);
    }
    return "[%s](#%s)".formatted(name(type), name(type).toLowerCase(Locale.ROOT).replace(".", ""));
  }

  private static boolean isChoice(Class<?> type) {
    return type.isAnnotationPresent(JsonSubTypes.class)
        && type.isAnnotationPresent(JsonTypeInfo.class);
  }

  /** The record's name, behind that of the type it lies in. */
  private static String name(Class<?> type) {
    return type.getDeclaringClass() == null
        ? type.getSimpleName()
        : name(type.getDeclaringClass()) + "." + type.getSimpleName();
  }

  /** What a record of this type holds where nothing was given. */
  private static Map<String, String> defaults(Class<?> type) {
    Map<String, String> defaults = new LinkedHashMap<>();
    Object empty;
    try {
      empty = SettingsFile.YAML.treeToValue(SettingsFile.YAML.createObjectNode(), type);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      empty = ofNothing(type);
    }
    if (empty == null || !type.isInstance(empty)) {
      return defaults;
    }
    for (RecordComponent component : type.getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        JsonNode value = SettingsFile.YAML.valueToTree(component.getAccessor().invoke(empty));
        if (value != null && value.isValueNode() && !value.isNull()) {
          defaults.put(component.getName(), "`" + value.asText() + "`");
        }
      } catch (ReflectiveOperationException | IllegalArgumentException unknown) {
        defaults.remove(component.getName()); // the text says it
      }
    }
    return defaults;
  }

  /** The record of nulls, where it allows for them. */
  private static Object ofNothing(Class<?> type) {
    try {
      Class<?>[] types =
          Arrays.stream(type.getRecordComponents())
              .map(RecordComponent::getType)
              .toArray(Class[]::new);
      if (Stream.of(types).anyMatch(Class::isPrimitive)) {
        return null;
      }
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(new Object[types.length]);
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }

  /**
   * A type's comment in its source.
   *
   * @param words all before its tags
   * @param params by the component's name
   */
  private record Comment(String words, Map<String, String> params) {
    private static final Pattern TAG = Pattern.compile("(?m)^@(\\w+) +");

    static Comment of(Class<?> type) {
      String source = source(type);
      Matcher declared =
          Pattern.compile("\\b(record|interface|class|enum) " + type.getSimpleName() + "\\b")
              .matcher(source);
      while (declared.find()) {
        int begin = source.lastIndexOf("/**", declared.start());
        int end = source.indexOf("*/", begin);
        if (begin >= 0
            && end < declared.start()
            && !source.substring(end, declared.start()).contains(";")) {
          return parse(source.substring(begin + 3, end));
        }
      }
      return new Comment("", Map.of());
    }

    private static String source(Class<?> type) {
      String path = type.getName().replaceFirst("\\$.*", "").replace('.', '/') + ".java";
      for (String module : List.of("worker", "driver", "jobs")) {
        Path file = Checkout.root().resolve(module).resolve("src/main/java").resolve(path);
        if (Files.exists(file)) {
          try {
            return Files.readString(file);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      }
      throw new IllegalStateException("no source of " + type);
    }

    private static Comment parse(String text) {
      String plain = text.replaceAll("(?m)^ *\\*? ?", "").strip();
      String[] parts = plain.split("(?m)^@", -1);
      Map<String, String> params = new LinkedHashMap<>();
      for (String part : parts) {
        if (part.startsWith("param ")) {
          String[] words = part.substring("param ".length()).strip().split("\\s+", 2);
          params.put(words[0], markdown(words.length > 1 ? words[1] : ""));
        }
      }
      return new Comment(markdown(parts[0]), params);
    }

    private static String markdown(String text) {
      return text.replaceAll("(?s)<pre>.*?</pre>", "")
          .replaceAll("\\s+", " ")
          .replaceAll("\\{@code ([^{}]*(?:\\{[^{}]*(?:\\{[^{}]*\\}[^{}]*)*\\}[^{}]*)*)\\}", "`$1`")
          .replaceAll("\\{@link(?:plain)? [^ }]+ ([^}]+)\\}", "$1")
          .replaceAll("\\{@link #?([^}]+)\\}", "`$1`")
          .replaceAll("<a href=\"([^\"]+)\">([^<]+)</a>", "[$2]($1)")
          .replaceAll("</?(p|ul|li|i|b|em)>", "")
          .replace("&lt;", "<")
          .replace("&gt;", ">")
          .replace("&amp;", "&")
          .strip();
    }
  }
}
