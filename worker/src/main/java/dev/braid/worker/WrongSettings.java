package dev.braid.worker;

/**
 * Settings that cannot be carried out, or a file they name that cannot be used: what is wrong with
 * it in words for whoever wrote it. No other exception says that the caller is mistaken: what Java
 * or a library does not like about its arguments is a fault of Braid's.
 */
public class WrongSettings extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** With a sentence that says what is wrong, what was expected, and what to change. */
  public WrongSettings(String message) {
    super(message);
  }

  /** The same with what was thrown when it was found out. */
  public WrongSettings(String message, Throwable cause) {
    super(message, cause);
  }
}
