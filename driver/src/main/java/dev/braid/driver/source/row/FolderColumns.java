package dev.braid.driver.source.row;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.fs.Path;

/**
 * Columns whose values stand in the names of the folders that a file lies in, {@code name=value},
 * as Hive and Spark's {@code partitionBy} write them.
 */
public final class FolderColumns {
  private static final String NULL = "__HIVE_DEFAULT_PARTITION__";

  private FolderColumns() {}

  /**
   * The values by column, from the outermost folder above a file inwards; null where one is none.
   */
  public static Map<String, String> above(Path file) {
    return of(file.getParent());
  }

  private static Map<String, String> of(Path file) {
    Map<String, String> values = new LinkedHashMap<>();
    if (file.getParent() != null) {
      values.putAll(of(file.getParent()));
    }
    String name = file.getName();
    int equals = name.indexOf('=');
    if (equals > 0) {
      String value = unescaped(name.substring(equals + 1));
      values.put(unescaped(name.substring(0, equals)), value.equals(NULL) ? null : value);
    }
    return values;
  }

  /** Characters that a folder's name cannot hold are written as %41; a plus is one. */
  private static String unescaped(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) { // a per cent that is one
      return text;
    }
  }
}
