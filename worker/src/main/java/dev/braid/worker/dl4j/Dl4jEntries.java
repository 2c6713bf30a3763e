package dev.braid.worker.dl4j;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.format.StoredEntry;
import dev.braid.worker.format.StoredEntry.Content;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.Normalizer;
import org.nd4j.linalg.dataset.api.preprocessor.serializer.NormalizerSerializer;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The entries that DL4J's {@code ModelSerializer} looks for in a zip. It ignores all others, so a
 * model file may have them beside its own. The same model gives the same bytes.
 */
public final class Dl4jEntries {
  /** All that there may be. */
  public static final Set<String> NAMES =
      Set.of(
          ModelSerializer.CONFIGURATION_JSON,
          ModelSerializer.COEFFICIENTS_BIN,
          ModelSerializer.UPDATER_BIN,
          ModelSerializer.NORMALIZER_BIN);

  private Dl4jEntries() {}

  /**
   * Does nothing when DL4J has all layers, activations and losses of the network.
   *
   * @throws IllegalArgumentException naming the layer it lacks
   */
  public static void requireExpresses(NetworkPlan plan) {
    Dl4jClasspath.requireHere("a file for DL4J");
    GraphBuilding.of(plan);
  }

  /**
   * Whether an entry is the memory of the network's own updater, see {@link #readMemory}.
   *
   * @param name of the entry
   */
  public static boolean isMemory(String name) {
    return name.equals(ModelSerializer.UPDATER_BIN);
  }

  /**
   * The entries beside Braid's own; none where DL4J cannot express the network, or is not here.
   *
   * @param normalisers one per input
   */
  public static Map<String, Content> beside(
      Blueprint plan, State state, List<Normaliser> normalisers) {
    if (!Dl4jClasspath.isHere()) {
      return Map.of();
    }
    try {
      return of(plan, state, normalisers);
    } catch (WrongSettings e) {
      return Map.of();
    }
  }

  /**
   * Writes a zip with these entries alone, and closes the stream.
   *
   * @throws IllegalArgumentException naming what DL4J cannot express
   */
  public static void write(OutputStream out, Model model) throws IOException {
    Dl4jClasspath.requireHere("a file for DL4J");
    ModelDescription description = model.description();
    Map<String, Content> entries = of(description.plan(), model.state(), description.normalisers());
    try (ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(out))) {
      for (Map.Entry<String, Content> entry : entries.entrySet()) {
        StoredEntry.put(zip, entry.getKey(), entry.getValue());
      }
    }
  }

  /**
   * A trained network as DL4J writes it.
   *
   * @param state its slots are the memory of DL4J's updater, if there are any
   * @param normalisers one per input
   * @return contents by the name of their entry, in order
   * @throws IllegalArgumentException naming what DL4J cannot express
   */
  public static Map<String, Content> of(Blueprint plan, State state, List<Normaliser> normalisers) {
    Dl4jModel model = model(plan, state);
    Optional<Normalizer<?>> normalizer =
        Dl4jNormalisers.toTheirs(normalisers, List.copyOf(plan.inputs().values()));
    Map<String, Content> entries = new LinkedHashMap<>();
    byte[] configuration = model.countedJson().getBytes(StandardCharsets.UTF_8);
    entries.put(ModelSerializer.CONFIGURATION_JSON, out -> out.write(configuration));
    entries.put(ModelSerializer.COEFFICIENTS_BIN, out -> write(model.params(), out));
    if (!state.slots().isEmpty()) {
      entries.put(ModelSerializer.UPDATER_BIN, out -> write(model.updaterState(), out));
    }
    normalizer
        .map(Dl4jEntries::bytes)
        .ifPresent(bytes -> entries.put(ModelSerializer.NORMALIZER_BIN, out -> out.write(bytes)));
    return entries;
  }

  /** DL4J closes the stream that it writes a normaliser to. */
  private static byte[] bytes(Normalizer<?> normalizer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      NormalizerSerializer.getDefault().write(normalizer, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("a normaliser cannot be written", e);
    }
    return bytes.toByteArray();
  }

  /** The network with this state. */
  private static Dl4jModel model(Blueprint plan, State state) {
    if (plan instanceof Dl4jPlan own) {
      Dl4jReplica replica = new Dl4jReplica(own.architecture().model(), own.arrays());
      replica.load(state.slots().isEmpty() ? withMemory(state, replica) : state);
      return replica.model();
    }
    require(plan instanceof NetworkPlan, "DL4J cannot express this kind of network");
    require(
        plan.layout().numParams() < Integer.MAX_VALUE,
        "DL4J cannot hold %d parameters",
        plan.layout().numParams());
    ComputationGraph graph = new ComputationGraph(GraphBuilding.of((NetworkPlan) plan));
    graph.init();
    graph.params().assign(0); // what has no place in ours is not left to chance
    TensorMap.of((NetworkPlan) plan, graph.paramTable()).load(state, graph.params());
    return Dl4jModel.of(graph);
  }

  private static State withMemory(State state, Dl4jReplica replica) {
    return new State(state.params(), replica.newState().slots(), state.statistics());
  }

  private static void write(INDArray array, OutputStream out) throws IOException {
    DataOutputStream data = new DataOutputStream(out);
    Nd4j.write(array, data);
    data.flush();
  }

  /** What the network's own updater remembers, from the entry that {@link #isMemory}. */
  public static List<Blocks> readMemory(InputStream in) throws IOException {
    INDArray array = Nd4j.read(new DataInputStream(in));
    Blocks memory = Blocks.zeros(array.length());
    VectorCopy.whole(array).read(array, memory);
    return List.of(memory);
  }
}
