package dev.braid.worker.dl4j.network;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.network.Start;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.dataset.api.preprocessor.Normalizer;
import org.nd4j.shade.jackson.databind.exc.InvalidTypeIdException;

/**
 * Networks from DL4J's own files: zips written by its {@code ModelSerializer}, with weights and the
 * updater's memory, and configurations in JSON or YAML, which begin with weights of their own
 * initialisers. What a zip holds of serialised Java is refused, not run.
 */
public final class Dl4jFile {
  private static final String VERSION = "1.0.0-M2";

  private Dl4jFile() {}

  /**
   * The network in a file.
   *
   * @param name of the file, for messages
   * @param bytes of the file
   * @throws IllegalArgumentException saying what is wrong with the file
   */
  public static Dl4jModel read(String name, byte[] bytes) {
    try {
      return isZip(bytes)
          ? readZip(name, bytes)
          : readConfiguration(name, text(bytes), OptionalLong.empty());
    } catch (IOException | RuntimeException e) {
      throw refused(name, e);
    }
  }

  /**
   * What a training from this file begins with: its weights and its updater's memory and
   * normaliser, as far as it has them.
   *
   * @throws IllegalArgumentException saying what is wrong with the file
   */
  public static Start start(String name, byte[] bytes) {
    Dl4jModel model = read(name, bytes);
    Dl4jArchitecture architecture = Dl4jArchitecture.of(model);
    if (!isZip(bytes)) {
      return Start.of(architecture);
    }
    boolean updater = entries(name, bytes).contains(ModelSerializer.UPDATER_BIN);
    State weights = Dl4jPlan.stateOf(model);
    List<Blocks> memory = updater ? Dl4jPlan.memoryOf(model) : List.of();
    Optional<Start.Normalisers> normalisers =
        normalizer(name, bytes).map(theirs -> inputs -> Dl4jNormalisers.toOurs(theirs, inputs));
    return new Start(
        architecture,
        Optional.of(new State(weights.params(), memory, weights.statistics())),
        normalisers);
  }

  /** What the normaliser in a file does to inputs of this shape; nothing where there is none. */
  public static Normaliser normaliser(String name, byte[] bytes, Shape input) {
    return normalizer(name, bytes)
        .map(theirs -> Dl4jNormalisers.toOurs(theirs, List.of(input)).get(0))
        .orElse(Normaliser.NONE);
  }

  /** The normaliser in a zip, if there is one. */
  private static Optional<Normalizer<?>> normalizer(String name, byte[] bytes) {
    if (!entries(name, bytes).contains(ModelSerializer.NORMALIZER_BIN)) {
      return Optional.empty();
    }
    try {
      Normalizer<?> normalizer =
          ModelSerializer.restoreNormalizerFromInputStream(
              new ByteArrayInputStream(DataEntries.of(bytes)));
      return Optional.ofNullable(normalizer);
    } catch (IOException | RuntimeException e) {
      throw refused(name, e);
    }
  }

  private static boolean isZip(byte[] bytes) {
    return bytes.length > 2 && bytes[0] == 'P' && bytes[1] == 'K';
  }

  private static Set<String> entries(String name, byte[] bytes) {
    Set<String> entries = new TreeSet<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.add(entry.getName());
      }
      return entries;
    } catch (IOException e) {
      throw refused(name, e);
    }
  }

  /**
   * The network of a configuration in JSON or YAML, with weights of its own initialisers.
   *
   * @param name of the configuration, for messages
   * @throws IllegalArgumentException saying what is wrong with it
   */
  static Dl4jModel configured(String name, String text) {
    try {
      return readConfiguration(name, text, OptionalLong.empty());
    } catch (RuntimeException e) {
      throw refused(name, e);
    }
  }

  /** The network of a configuration with weights drawn from {@code seed}. */
  static Dl4jModel seeded(String text, long seed) {
    return readConfiguration("the network's configuration", text, OptionalLong.of(seed));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static Dl4jModel readZip(String name, byte[] bytes) throws IOException {
    Set<String> entries = new TreeSet<>();
    String configuration = null;
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        byte[] content = zip.readAllBytes(); // an end that is missing is found here
        entries.add(entry.getName());
        if (entry.getName().equals(ModelSerializer.CONFIGURATION_JSON)) {
          configuration = text(content);
        }
      }
    }
    require(
        configuration != null && entries.contains(ModelSerializer.COEFFICIENTS_BIN),
        "%s: not a network that DL4J saved: %s and %s are expected in it, but there are %s",
        name,
        ModelSerializer.CONFIGURATION_JSON,
        ModelSerializer.COEFFICIENTS_BIN,
        entries);
    boolean updater = entries.contains(ModelSerializer.UPDATER_BIN);
    ByteArrayInputStream in = new ByteArrayInputStream(DataEntries.of(bytes));
    return isGraph(configuration)
        ? Dl4jModel.of(ModelSerializer.restoreComputationGraph(in, updater))
        : Dl4jModel.of(ModelSerializer.restoreMultiLayerNetwork(in, updater));
  }

  private static Dl4jModel readConfiguration(String name, String text, OptionalLong seed) {
    boolean json = text.stripLeading().startsWith("{");
    require(
        text.contains("confs") || text.contains("networkInputs"),
        "%s: neither a zip nor a configuration of a MultiLayerNetwork or ComputationGraph",
        name);
    if (isGraph(text)) {
      ComputationGraphConfiguration configuration =
          json
              ? ComputationGraphConfiguration.fromJson(text)
              : ComputationGraphConfiguration.fromYaml(text);
      seed.ifPresent(configuration.getDefaultConfiguration()::setSeed);
      ComputationGraph graph = new ComputationGraph(configuration);
      graph.init();
      return Dl4jModel.of(graph);
    }
    MultiLayerConfiguration configuration =
        json ? MultiLayerConfiguration.fromJson(text) : MultiLayerConfiguration.fromYaml(text);
    seed.ifPresent(value -> configuration.getConfs().forEach(conf -> conf.setSeed(value)));
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return Dl4jModel.of(network);
  }

  private static boolean isGraph(String configuration) {
    return configuration.contains("networkInputs");
  }

  private static IllegalArgumentException refused(String name, Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof InvalidTypeIdException unknown) {
        return new WrongSettings(
            name + ": " + missingClass(String.valueOf(unknown.getTypeId())), e);
      }
      if (cause instanceof IOException && isCutOff(cause)) {
        return new WrongSettings(
            name + ": the file is cut off or damaged; copy or save it again", e);
      }
    }
    String message = String.valueOf(e.getMessage());
    return new WrongSettings(
        message.startsWith(name)
            ? message
            : name + ": cannot be read by DL4J " + VERSION + ": " + firstLine(message),
        e);
  }

  private static boolean isCutOff(Throwable cause) {
    return cause instanceof java.io.EOFException || cause instanceof java.util.zip.ZipException;
  }

  private static String missingClass(String type) {
    boolean theirs = type.startsWith("org.deeplearning4j.") || type.startsWith("org.nd4j.");
    return theirs
        ? "DL4J "
            + VERSION
            + " has no class "
            + type
            + ": the file is of another version; save it with "
            + VERSION
        : "class " + type + " is not on the classpath; add its jar, on a cluster by --jars";
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }
}
