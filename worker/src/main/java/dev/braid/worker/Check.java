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
      throw new WrongSettings(String.format(message, arguments));
    }
  }
}
