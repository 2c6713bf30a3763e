package dev.braid.worker.task;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import java.io.IOException;
import java.util.Optional;

/** Reads and writes tasks as {@link TaskForm} says. */
public final class TaskJson {
  private TaskJson() {}

  /** Tells a mapper the names of all tasks, for its messages. */
  public static <M extends ObjectMapper> M register(M mapper) {
    Tasks.all()
        .forEach(task -> mapper.registerSubtypes(new NamedType(task.getClass(), task.name())));
    return mapper;
  }

  /** Reads a task. */
  static final class Reader extends JsonDeserializer<Task> {
    @Override
    public Task deserialize(JsonParser in, DeserializationContext context) throws IOException {
      if (in.hasToken(JsonToken.VALUE_STRING)) {
        return named(in.getText(), in, context);
      }
      if (!in.hasToken(JsonToken.START_OBJECT) || in.nextToken() != JsonToken.FIELD_NAME) {
        return (Task) context.handleUnexpectedToken(Task.class, in);
      }
      Class<? extends Task> kind = named(in.currentName(), in, context).getClass();
      in.nextToken();
      Task task = context.readValue(in, kind);
      if (in.nextToken() != JsonToken.END_OBJECT) {
        return (Task) context.handleUnexpectedToken(Task.class, in);
      }
      return task;
    }

    private static Task named(String name, JsonParser in, DeserializationContext context)
        throws IOException {
      Optional<Task> task = Tasks.find(name);
      if (task.isEmpty()) {
        throw InvalidTypeIdException.from(
            in, Tasks.unknown(name), context.constructType(Task.class), name);
      }
      return task.get();
    }
  }

  /** Writes a task. */
  static final class Writer extends JsonSerializer<Task> {
    @Override
    public void serialize(Task task, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      if (task.equals(Tasks.named(task.name()))) {
        out.writeString(task.name());
        return;
      }
      out.writeStartObject();
      provider.defaultSerializeField(task.name(), task, out);
      out.writeEndObject();
    }
  }
}
