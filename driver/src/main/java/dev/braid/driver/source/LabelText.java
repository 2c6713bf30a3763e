package dev.braid.driver.source;

/** Labels as text: a whole number is written the same way whatever its type. */
final class LabelText {
  private LabelText() {}

  static String of(Object label) {
    if (label == null) {
      return null;
    }
    return label instanceof Number number && number.doubleValue() % 1 == 0
        ? String.valueOf(number.longValue())
        : String.valueOf(label);
  }
}
