package dev.braid.driver.source.column;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.worker.encoding.Booleans;
import dev.braid.worker.encoding.Categories;
import dev.braid.worker.encoding.ColumnEncoding;
import dev.braid.worker.encoding.DatePart;
import dev.braid.worker.encoding.DateParts;
import dev.braid.worker.encoding.EncodedColumn;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.encoding.Missing;
import dev.braid.worker.encoding.Numbers;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * How one column of a table becomes numbers. Without these settings it holds numbers, none of which
 * is missing.
 *
 * @param categories a place of its own for each category: those that occur among the examples to
 *     learn from if {@code auto}, or the given ones
 * @param flag no and yes as 0 and 1: {@code auto} for true, yes, t, y or 1 and their contraries, or
 *     the two words
 * @param date parts of a date or a time, such as [year, month, weekday]
 * @param format how dates are written as text, such as dd.MM.yyyy; ISO 8601 if left out
 * @param missing what stands for a missing value: mean, median or mostFrequent of the examples to
 *     learn from, or a value; if left out none may be missing
 * @param indicator whether a number more says by a 1 that the value was missing; false if left out
 * @param picture its values are pictures, or names of their files
 * @param text its values are texts of any length, or lists of tokens: the ids of their tokens
 * @param series its values are series of any length: lists of numbers, or of steps of several
 * @param normalise how its numbers are scaled; by default as the input or {@code data.normalise}
 *     says
 */
public record ColumnSettings(
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> categories,
    @JsonProperty("boolean") @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        List<String> flag,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<DatePart> date,
    String format,
    String missing,
    Boolean indicator,
    PictureSettings picture,
    TextSettings text,
    SeriesSettings series,
    InputScaling normalise) {
  /** Numbers, none of which is missing. */
  public static final ColumnSettings NUMBERS = of((PictureSettings) null);

  /** Texts of any length. */
  public static ColumnSettings of(TextSettings text) {
    return new ColumnSettings(null, null, null, null, null, null, null, text, null, null);
  }

  private static ColumnSettings of(PictureSettings picture) {
    return new ColumnSettings(null, null, null, null, null, null, picture, null, null, null);
  }

  private static final List<String> AUTO = List.of("auto");

  /** What YAML makes of [no, yes] that stand in no quotes. */
  private static final List<String> YAML_WORDS = List.of("false", "true");

  public ColumnSettings {
    require(
        Stream.of(categories, flag, date, picture, text, series).filter(Objects::nonNull).count()
            <= 1,
        "categories, boolean, date, picture, text and series exclude each other");
    require(
        picture == null || missing == null,
        "nothing stands for a missing picture: leave out missing");
    require(
        (text == null && series == null) || missing == null,
        "nothing stands for a missing text or series: leave out missing");
    require(
        text == null || normalise == null || normalise == InputScaling.NONE,
        "the ids of a text are never scaled: leave out normalise");
    require(
        categories == null || !categories.isEmpty(),
        "categories names none: give auto, or a list of them");
    require(format == null || date != null, "format is about dates: give date: [year, ...] too");
    require(
        indicator == null || !indicator || missing != null,
        "indicator says which values were missing: give missing too");
    require(
        categories == null || missing == null || !List.of("mean", "median").contains(missing),
        "categories have no %s; set missing to mostFrequent or to a category",
        missing);
    if (missing != null && !isFitted(missing) && !isAuto(categories)) {
      // A value that is none is refused here.
      ColumnEncoding as = as(1, categories, flag, date, format);
      new InputEncoding(List.of(new EncodedColumn("missing", as, null)), 0)
          .raw(new Object[] {missing}, 0, List.of("missing"), as.rawWidth());
    }
  }

  private static boolean isAuto(List<String> categories) {
    return AUTO.equals(categories);
  }

  private static boolean isFitted(String missing) {
    return List.of("mean", "median", "mostFrequent").contains(missing);
  }

  /**
   * The column's encoding, before anything is fitted: categories that are to be found are none.
   *
   * @param width numbers in a value, where it holds numbers
   */
  public EncodedColumn column(String name, int width) {
    Missing replaced =
        missing == null
            ? null
            : new Missing(
                missing, isFitted(missing) ? List.of() : null, indicator != null && indicator);
    ColumnEncoding as =
        picture != null
            ? picture.encoding(name)
            : text != null
                ? text.open()
                : series != null ? series.encoding() : as(width, categories, flag, date, format);
    return new EncodedColumn(name, as, replaced);
  }

  /** The folder that names of files begin in; null for that of the table's file. */
  public String base() {
    return picture != null ? picture.base() : text != null ? text.base() : null;
  }

  /** Whether its values are names of files of text. */
  public boolean namesTexts() {
    return text != null && text.isNamed();
  }

  /** Whether they say where files lie and nothing of what they become, which a model knows. */
  public boolean sayOnlyWhere() {
    return (picture != null && equals(of(new PictureSettings(null, null, base()))))
        || (text != null && text.sayOnlyWhere() && equals(of(text)));
  }

  private static ColumnEncoding as(
      int width, List<String> categories, List<String> flag, List<DatePart> date, String format) {
    if (categories != null) {
      return isAuto(categories)
          ? new Categories(List.of(), Categories.Others.OPEN)
          : new Categories(categories, Categories.Others.REFUSED);
    }
    if (flag != null) {
      return new Booleans(AUTO.equals(flag) || YAML_WORDS.equals(flag) ? List.of() : flag);
    }
    return date != null ? new DateParts(date, format) : new Numbers(width);
  }
}
