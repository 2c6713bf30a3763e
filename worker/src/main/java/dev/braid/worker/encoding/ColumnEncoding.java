package dev.braid.worker.encoding;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.Serializable;

/**
 * How a column's value becomes numbers, in two steps: raw numbers are a function of the value alone
 * and as few as can be; the encoded ones are what a network reads.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
@JsonSubTypes({
  @JsonSubTypes.Type(value = Numbers.class, name = "numbers"),
  @JsonSubTypes.Type(value = Booleans.class, name = "boolean"),
  @JsonSubTypes.Type(value = Categories.class, name = "categories"),
  @JsonSubTypes.Type(value = DateParts.class, name = "date"),
  @JsonSubTypes.Type(value = WordIndices.class, name = "words"),
  @JsonSubTypes.Type(value = TokenIds.class, name = "text"),
  @JsonSubTypes.Type(value = Letters.class, name = "letters"),
  @JsonSubTypes.Type(value = Series.class, name = "series"),
  @JsonSubTypes.Type(value = Picture.class, name = "picture"),
})
public sealed interface ColumnEncoding extends Serializable
    permits Numbers, Booleans, Categories, DateParts, Picture, TextEncoding, SequenceEncoding {

  /** How many raw numbers a value has; 0 where that is not known. */
  int rawWidth();

  /** How many numbers a network reads of it. */
  int width();

  /**
   * Adds the raw numbers of a value.
   *
   * @param value not missing
   * @param column its column, for messages
   * @throws IllegalArgumentException when it is none that can be encoded
   */
  void addRaw(Object value, String column, RawNumbers raw);

  /** Whether the settings name this text as one of the column's values. */
  default boolean names(String text) {
    return false;
  }

  /** Encodes the raw numbers from {@code from} on into {@code encoded} from {@code to} on. */
  void encode(float[] raw, int from, float[] encoded, int to);

  /** In words, for a person who wants to know what a model expects. */
  String description();
}
