package dev.braid.driver.plan;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import java.io.IOException;

/** Reads {@code localSteps: 10} as well as {@code localSteps: {growing: {to: 32}}}. */
final class LocalStepsReader extends StdDeserializer<LocalSteps> {
  private static final long serialVersionUID = 1;

  LocalStepsReader() {
    super(LocalSteps.class);
  }

  @Override
  public Object deserializeWithType(
      JsonParser parser, DeserializationContext context, TypeDeserializer kinds)
      throws IOException {
    return parser.hasToken(JsonToken.START_OBJECT)
        ? kinds.deserializeTypedFromAny(parser, context)
        : deserialize(parser, context);
  }

  @Override
  public LocalSteps deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    return new LocalSteps.Fixed(_parseIntPrimitive(parser, context));
  }
}
