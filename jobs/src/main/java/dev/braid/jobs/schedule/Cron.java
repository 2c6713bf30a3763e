package dev.braid.jobs.schedule;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import java.text.ParseException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Date;
import java.util.List;
import java.util.TimeZone;
import org.quartz.CronExpression;

/**
 * When a job is due.
 *
 * @param expression as Quartz has it, in a time zone: seconds, minutes, hours, day of month, month,
 *     day of week and perhaps year
 */
record Cron(CronExpression expression) {
  private static final int MAX_LOOKED_AT = 10_000_000;

  /**
   * A field by itself among others that are right.
   *
   * @param name as it is called in messages
   * @param among an expression that is right when the field is
   * @param values what may stand in it
   */
  private record Field(String name, String among, String values) {}

  private static final List<Field> FIELDS =
      List.of(
          new Field("seconds", "%s 0 0 1 1 ?", "0-59"),
          new Field("minutes", "0 %s 0 1 1 ?", "0-59"),
          new Field("hours", "0 0 %s 1 1 ?", "0-23"),
          new Field("day-of-month", "0 0 0 %s 1 ?", "1-31, L or ?"),
          new Field("month", "0 0 0 1 %s ?", "1-12 or JAN-DEC"),
          new Field("day-of-week", "0 0 0 ? 1 %s", "1-7 or SUN-SAT, 1 being Sunday, or ?"),
          new Field("year", "0 0 0 1 1 ? %s", "1970-2099"));

  /**
   * Reads an expression.
   *
   * @param zone such as {@code Europe/Berlin}
   * @throws IllegalArgumentException naming the field that is wrong
   */
  static Cron of(String text, String zone) {
    String[] fields = text.strip().split("\\s+", -1);
    require(
        fields.length == 6 || fields.length == 7,
        "cron '%s' has %d fields; expected are seconds minutes hours day-of-month month day-of-week"
            + " and perhaps year, such as '0 0/5 * * * ?' for every five minutes",
        text,
        fields.length);
    for (int i = 0; i < fields.length; i++) {
      requireKnown(FIELDS.get(i), fields[i], text);
    }
    try {
      CronExpression expression = new CronExpression(text.strip());
      expression.setTimeZone(TimeZone.getTimeZone(ZoneId.of(zone)));
      return new Cron(expression);
    } catch (ParseException e) {
      throw new WrongSettings(
          "cron '%s': %s; one of day-of-month and day-of-week must be ?"
              .formatted(text, e.getMessage()),
          e);
    } catch (DateTimeException e) {
      throw new WrongSettings(
          "timeZone '%s' is not known; expected is one such as Europe/Berlin or UTC"
              .formatted(zone),
          e);
    }
  }

  private static void requireKnown(Field field, String value, String text) {
    boolean open = value.equals("?") && field.values().endsWith("?");
    if (!open && !CronExpression.isValidExpression(field.among().formatted(value))) {
      throw new WrongSettings(
          "cron '%s': %s '%s' is not known; it may hold %s, *, lists as 1,2, ranges as 1-5 and"
                  .formatted(text, field.name(), value, field.values())
              + " steps as 0/15");
    }
  }

  /** The first tick after a moment; null when there is none. */
  Instant next(Instant after) {
    Date next = expression.getNextValidTimeAfter(Date.from(after));
    return next == null ? null : next.toInstant();
  }

  /**
   * Ticks that have gone by.
   *
   * @param count how many
   * @param first of them; null for none
   * @param last of them; null for none
   */
  record Elapsed(int count, Instant first, Instant last) {}

  /** The ticks after one moment and before another, both left out. */
  Elapsed between(Instant after, Instant before) {
    Instant first = null;
    Instant last = null;
    int count = 0;
    for (Instant tick = next(after);
        tick != null && tick.isBefore(before) && count < MAX_LOOKED_AT;
        tick = next(tick)) {
      first = first == null ? tick : first;
      last = tick;
      count++;
    }
    return new Elapsed(count, first, last);
  }
}
