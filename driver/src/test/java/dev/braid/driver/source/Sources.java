package dev.braid.driver.source;

import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/** Sources as job files describe them. */
public final class Sources {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS).build();

  private Sources() {}

  /**
   * A source of a format.
   *
   * @param settings keys and their values, in turns; a value that is null is left out
   */
  public static Source of(String format, Object... settings) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      if (settings[i + 1] != null) {
        map.put((String) settings[i], settings[i + 1]);
      }
    }
    return JSON.convertValue(Map.of(format, map), Source.class);
  }

  /** Pictures of a size, each setting of which may be null. */
  public static Images images(Object path, Integer height, Integer width, Integer channels) {
    return new Images(path.toString(), height, width, channels, null, null);
  }

  /** Texts; see {@link #of}. */
  public static Text text(Object path, Object... settings) {
    Object[] all = new Object[settings.length + 2];
    all[0] = "path";
    all[1] = path.toString();
    System.arraycopy(settings, 0, all, 2, settings.length);
    return (Text) of("text", all);
  }
}
