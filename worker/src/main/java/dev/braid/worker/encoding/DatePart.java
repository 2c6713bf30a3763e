package dev.braid.worker.encoding;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.LocalDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalField;

/** A number that a date or a time has. */
public enum DatePart {
  @JsonProperty("year")
  YEAR(ChronoField.YEAR),
  /** 1 to 4. */
  @JsonProperty("quarter")
  QUARTER(IsoFields.QUARTER_OF_YEAR),
  /** 1 to 12. */
  @JsonProperty("month")
  MONTH(ChronoField.MONTH_OF_YEAR),
  /** Of the ISO calendar, 1 to 53. */
  @JsonProperty("week")
  WEEK(IsoFields.WEEK_OF_WEEK_BASED_YEAR),
  /** Of the month, 1 to 31. */
  @JsonProperty("day")
  DAY(ChronoField.DAY_OF_MONTH),
  /** 1 to 366. */
  @JsonProperty("dayOfYear")
  DAY_OF_YEAR(ChronoField.DAY_OF_YEAR),
  /** 1 for Monday to 7 for Sunday. */
  @JsonProperty("weekday")
  WEEKDAY(ChronoField.DAY_OF_WEEK),
  /** 0 to 23. */
  @JsonProperty("hour")
  HOUR(ChronoField.HOUR_OF_DAY),
  /** 0 to 59. */
  @JsonProperty("minute")
  MINUTE(ChronoField.MINUTE_OF_HOUR),
  /** 0 to 59. */
  @JsonProperty("second")
  SECOND(ChronoField.SECOND_OF_MINUTE),
  /** Days since the first of January 1970. */
  @JsonProperty("days")
  DAYS(ChronoField.EPOCH_DAY);

  private final TemporalField field;

  DatePart(TemporalField field) {
    this.field = field;
  }

  /** Whether a date alone does not have it. */
  boolean isOfTime() {
    return field.isTimeBased();
  }

  float of(LocalDateTime time) {
    return time.getLong(field);
  }
}
