package dev.braid.worker.encoding;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.braid.worker.WrongSettings;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Parts of a date or a time, as numbers; times that have a zone are taken in UTC.
 *
 * @param parts in the order in which they become numbers
 * @param format how dates are written as text, in the letters of {@link DateTimeFormatter}; null
 *     for ISO 8601, with or without a time
 */
public record DateParts(
    List<DatePart> parts, @JsonInclude(JsonInclude.Include.NON_NULL) String format)
    implements ColumnEncoding {
  private static final DateTimeFormatter ISO =
      strict(
          new DateTimeFormatterBuilder()
              .appendPattern("uuuu-MM-dd")
              .optionalStart()
              .appendPattern("['T'][' ']HH:mm")
              .optionalStart()
              .appendPattern(":ss")
              .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
              .optionalEnd()
              .appendPattern("[XXX][XX][X]"));

  private static final Map<String, DateTimeFormatter> FORMATTERS = new ConcurrentHashMap<>();

  public DateParts {
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new WrongSettings("date names no parts, such as [year, month, weekday]");
    }
    if (format != null) {
      formatter(format);
    }
  }

  @Override
  public int rawWidth() {
    return parts.size();
  }

  @Override
  public int width() {
    return parts.size();
  }

  @Override
  public void addRaw(Object value, String column, RawNumbers raw) {
    LocalDateTime time = time(value, column);
    parts.forEach(part -> raw.add(part.of(time)));
  }

  private static DateTimeFormatter formatter(String format) {
    return FORMATTERS.computeIfAbsent(
        format,
        letters -> strict(new DateTimeFormatterBuilder().appendPattern(withPlainYears(letters))));
  }

  /** Days that no month has are refused: Java would take the month's last one. */
  private static DateTimeFormatter strict(DateTimeFormatterBuilder builder) {
    return builder.toFormatter(Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);
  }

  /** Years as they are counted, unless the era is written too: strictly y is a year of an era. */
  private static String withPlainYears(String format) {
    String[] parts = format.split("'", -1); // every other one is quoted
    boolean hasEra =
        IntStream.range(0, parts.length).anyMatch(i -> i % 2 == 0 && parts[i].contains("G"));
    for (int i = 0; i < parts.length && !hasEra; i += 2) {
      parts[i] = parts[i].replace('y', 'u');
    }
    return String.join("'", parts);
  }

  private LocalDateTime time(Object value, String column) {
    if (value instanceof LocalDateTime time) {
      return time;
    }
    if (value instanceof LocalDate date) {
      return date.atStartOfDay();
    }
    if (value instanceof String text) {
      try {
        return parsed(text.strip());
      } catch (DateTimeException e) {
        throw notADate(column, text);
      }
    }
    throw notADate(column, value);
  }

  private LocalDateTime parsed(String text) {
    TemporalAccessor found = (format == null ? ISO : formatter(format)).parse(text);
    if (found.query(TemporalQueries.offset()) != null) {
      return OffsetDateTime.from(found).withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime();
    }
    LocalTime time = found.query(TemporalQueries.localTime());
    if (time == null && format != null && parts.stream().anyMatch(DatePart::isOfTime)) {
      throw new DateTimeException("there is no time of day");
    }
    return LocalDate.from(found).atTime(time == null ? LocalTime.MIDNIGHT : time);
  }

  private IllegalArgumentException notADate(String column, Object value) {
    return new WrongSettings(
        "column '%s' holds '%s', which is not a date %s"
            .formatted(
                column,
                value,
                format == null
                    ? "such as 2024-12-31 or 2024-12-31T23:59"
                    : "written as "
                        + format
                        + (parts.stream().anyMatch(DatePart::isOfTime) ? ", with a time" : "")));
  }

  @Override
  public void encode(float[] raw, int from, float[] encoded, int to) {
    System.arraycopy(raw, from, encoded, to, parts.size());
  }

  @Override
  public String description() {
    return "a date, as "
        + String.join(
            ", ", parts.stream().map(part -> part.name().toLowerCase(Locale.ROOT)).toList());
  }
}
