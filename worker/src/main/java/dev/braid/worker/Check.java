package dev.braid.worker;

import com.google.errorprone.annotations.FormatMethod;

/** Checks of what callers hand in: a plain sentence when something is wrong. */
public final class Check {
  private Check() {}

  /**
   * Does nothing when {@code condition} holds.
   *
   * @throws WrongSettings with the formatted message when it does not
   */
  @FormatMethod
  public static void require(boolean condition, String message, Object... arguments) {
    if (!condition) {
      throw wrong(message, arguments);
    }
  }

  /**
   * What to throw where something is wrong. In passes over mini-batches an {@code if} before it
   * takes the place of {@link #require}, whose arguments are objects even where all is well.
   */
  @FormatMethod
  public static WrongSettings wrong(String message, Object... arguments) {
    return new WrongSettings(String.format(message, arguments));
  }
}
