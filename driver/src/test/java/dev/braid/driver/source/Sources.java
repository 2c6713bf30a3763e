package dev.braid.driver.source;

import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.driver.data.DataFacts;
import dev.braid.driver.data.DataSettings;
import dev.braid.driver.data.NetworkNeeds;
import dev.braid.driver.data.Preflight;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.task.Tasks;
import dev.braid.worker.task.classification.ClassDecoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/** Sources as job files describe them. */
public final class Sources {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS).build();

  private Sources() {}

  /** What is known of a model that answers one of some classes. */
  public static ModelFacts model(
      List<Integer> shape, InputEncoding encoding, List<String> classes) {
    return new ModelFacts(
        List.of(new ModelDescription.Input("input", new Shape(shape), Normaliser.NONE, encoding)),
        List.of(
            new ModelFacts.Output(
                "output",
                Shape.of(classes.size()),
                new ClassDecoder(classes.size(), 1, 0.5f, false, classes),
                new ModelDescription.Labels(Tasks.named("classification"), 1, classes),
                new byte[0])),
        "",
        null);
  }

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

  /** A table in CSV; settings as in {@link #of}. */
  public static Csv csv(Object path, Object... settings) {
    return (Csv) at("csv", path, settings);
  }

  /** A table in CSV, of whose settings each may be null. */
  public static Csv csv(
      Object path,
      Boolean header,
      String separator,
      List<String> label,
      List<String> features,
      Shape inputShape) {
    return csv(
        path,
        "header",
        header,
        "separator",
        separator,
        "label",
        label,
        "features",
        features,
        "inputShape",
        inputShape);
  }

  /** A table in JSON lines. */
  public static Json json(Object path) {
    return (Json) at("json", path);
  }

  /** A table in Parquet. */
  public static Parquet parquet(Object path) {
    return parquet(path, null, null, null);
  }

  /** A table in Parquet, of whose settings each may be null. */
  public static Parquet parquet(
      Object path, List<String> label, List<String> features, Shape inputShape) {
    return new Parquet(path.toString(), label, features, inputShape, null, null, null);
  }

  /** Pictures of a size, each setting of which may be null. */
  public static Images images(Object path, Integer height, Integer width, Integer channels) {
    return new Images(path.toString(), height, width, channels, null, null);
  }

  /** Texts; see {@link #of}. */
  public static Text text(Object path, Object... settings) {
    return (Text) at("text", path, settings);
  }

  /** What is known of the data of a run before Spark reads them, whatever the network. */
  public static DataFacts check(DataSettings settings) {
    return check(settings, new Configuration());
  }

  /** The same of files that a configuration of Hadoop's knows. */
  public static DataFacts check(DataSettings settings, Configuration hadoop) {
    return Preflight.check(settings, hadoop, train -> NetworkNeeds.NONE, List.of());
  }

  private static Source at(String format, Object path, Object... settings) {
    Object[] all = new Object[settings.length + 2];
    all[0] = "path";
    all[1] = path.toString();
    System.arraycopy(settings, 0, all, 2, settings.length);
    return of(format, all);
  }
}
