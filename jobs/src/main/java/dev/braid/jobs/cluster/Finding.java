package dev.braid.jobs.cluster;

import com.google.errorprone.annotations.FormatMethod;
import java.io.PrintWriter;
import java.util.List;

/**
 * What was looked at and found.
 *
 * @param what was found, in one line
 * @param fixes what to do about it, ready to paste; empty when it is as it should be
 */
record Finding(String what, List<String> fixes) {
  @FormatMethod
  static Finding good(String what, Object... values) {
    return new Finding(what.formatted(values), List.of());
  }

  static Finding bad(String what, String... fixes) {
    return new Finding(what, List.of(fixes));
  }

  boolean isGood() {
    return fixes.isEmpty();
  }

  void print(PrintWriter out) {
    out.println((isGood() ? "  ok    " : "  FAIL  ") + what);
    fixes.forEach(fix -> out.println("        fix: " + fix));
  }
}
