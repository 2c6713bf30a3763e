package dev.braid.driver.features;

import dev.braid.driver.data.Shards;
import dev.braid.driver.run.ReplicaPool;
import dev.braid.driver.wire.SentState;
import dev.braid.driver.wire.WireFormat;
import dev.braid.worker.data.MiniBatches;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.data.Shard;
import dev.braid.worker.engine.NetworkEngine;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.model.ModelSha256;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.network.Split;
import dev.braid.worker.state.State;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Examples as the first layers that never learn see them, computed in one pass over the shards.
 *
 * <pre>
 *   name each shard's features by what they are a function of     key: trunk, weights, data
 *   read those that an earlier run has stored                     FeatureFile
 *   compute and store the others                                  (on the executors)
 *   give back shards of features and labels, cached
 * </pre>
 *
 * They are computed in mini-batches of a fixed size in the order of the shard, so that they are a
 * function of what their name says alone.
 */
public final class Features implements AutoCloseable {
  private static final int BATCH_SIZE = 32;

  private final JavaSparkContext sc;
  private final NetworkEngine engine;
  private final Split split;
  private final List<Normaliser> normalisers;
  private final String folder;
  private final State trunk;
  private final Broadcast<byte[]> spec;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final SentState sent;
  private final IdentityHashMap<Shards, List<String>> keys = new IdentityHashMap<>();
  private final List<Shards> computed = new ArrayList<>();

  /**
   * @param engine what computes them
   * @param whole the network's state
   * @param normalisers of the network's inputs
   * @param folder where features are stored
   */
  public Features(
      JavaSparkContext sc,
      NetworkEngine engine,
      Split split,
      State whole,
      List<Normaliser> normalisers,
      String folder) {
    this.sc = sc;
    this.engine = engine;
    this.split = split;
    this.normalisers = normalisers;
    this.folder = folder;
    trunk = split.ofTrunk(whole);
    spec =
        ReplicaPool.begin(
            sc, new RunSpec(engine.replicas(split.trunk()), normalisers, BATCH_SIZE, 0));
    hadoop = sc.broadcast(new SerializableConfiguration(sc.hadoopConfiguration()));
    sent = SentState.send(sc, trunk, WireFormat.FLOAT32);
  }

  /**
   * What was computed and what was there.
   *
   * @param layer the last of the layers that never learn
   * @param examples in all parts together
   * @param bytes of their features
   * @param shards parts there are
   * @param found parts that an earlier run had stored
   * @param folder where they lie
   */
  public record Report(
      String layer, long examples, long bytes, int shards, int found, String folder) {}

  /** The features of these examples, computed and cached: a Spark job or two. */
  public Shards of(Shards shards) {
    Shards result = Shards.cached(features(shards, keys(shards)));
    computed.add(result);
    return result;
  }

  /** What {@link #of} would find of these examples. */
  public Report report(Shards shards, Optional<Shards> more) {
    List<String> all = new ArrayList<>(keys(shards));
    more.ifPresent(others -> all.addAll(keys(others)));
    Configuration configuration = sc.hadoopConfiguration();
    int found =
        (int) all.stream().filter(key -> FeatureFile.exists(folder, key, configuration)).count();
    long examples = shards.numExamples() + more.map(Shards::numExamples).orElse(0L);
    OutputPlan output = split.trunk().outputs().get(0);
    return new Report(
        output.name(),
        examples,
        examples * output.shape().size() * Float.BYTES,
        all.size(),
        found,
        folder);
  }

  private JavaRDD<Shard> features(Shards shards, List<String> keys) {
    ArrayList<String> names = new ArrayList<>(keys);
    Broadcast<byte[]> spec = this.spec;
    Broadcast<SerializableConfiguration> hadoop = this.hadoop;
    SentState sent = this.sent;
    String folder = this.folder;
    int width = split.trunk().outputs().get(0).shape().size();
    return shards
        .rdd()
        .mapPartitionsWithIndex(
            (i, parts) -> {
              Shard shard = parts.next();
              FeatureFile file = new FeatureFile(folder, names.get(i), shard.size(), width);
              Configuration configuration = hadoop.value().value();
              float[] values = file.read(configuration);
              if (values == null) {
                values = compute(ReplicaPool.of(spec.value()), sent, shard, width);
                file.write(values, configuration);
              }
              return List.of(shard.withInput(width, values)).iterator();
            },
            true);
  }

  private static float[] compute(ReplicaPool pool, SentState sent, Shard shard, int width) {
    return pool.lend(
        kept -> {
          Replica replica = kept.with(sent);
          float[] values = new float[Math.multiplyExact(shard.size(), width)];
          MiniBatches batches = MiniBatches.byLength(shard, BATCH_SIZE, pool.spec().normalisers());
          for (int i = 0; i < batches.count(); i++) {
            float[] some = replica.output(batches.get(i))[0];
            int[] rows = batches.rows(i);
            for (int k = 0; k < rows.length; k++) {
              System.arraycopy(some, k * width, values, rows[k] * width, width);
            }
          }
          return values;
        });
  }

  /** What each shard's features are a function of, as a name: SHA-256, 64 hexadecimal digits. */
  private List<String> keys(Shards shards) {
    String trunkKey = trunkKey();
    return keys.computeIfAbsent(
        shards, some -> some.rdd().map(shard -> key(trunkKey, shard)).collect());
  }

  /** Layers, weights and normalisation, and the engine, since each has last bits of its own. */
  private String trunkKey() {
    StringBuilder text = new StringBuilder("braid features 2, batches of " + BATCH_SIZE + "\n");
    text.append("engine ").append(engine.name()).append('\n');
    text.append(ModelSha256.of(trunk.params(), trunk.statistics())).append('\n');
    text.append(split.trunk().inputs()).append('\n');
    split.trunk().layers().forEach(layer -> text.append(layer).append('\n'));
    text.append(split.trunk().outputs()).append('\n');
    for (Normaliser normaliser : normalisers) {
      text.append(Arrays.toString(normaliser.shift()))
          .append(Arrays.toString(normaliser.scale()))
          .append(normaliser.inner())
          .append('\n');
    }
    return text.toString();
  }

  private static String key(String trunkKey, Shard shard) throws IOException {
    try (DigestOutputStream out =
        new DigestOutputStream(
            OutputStream.nullOutputStream(), MessageDigest.getInstance("SHA-256"))) {
      out.write(trunkKey.getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < shard.numInputs(); i++) {
        for (int k = 0; k < shard.size(); k++) {
          float[] row = shard.input(i).row(k);
          ByteBuffer bytes = ByteBuffer.allocate(row.length * Float.BYTES);
          bytes.asFloatBuffer().put(row);
          out.write(bytes.array());
        }
      }
      return HexFormat.of().formatHex(out.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Frees the memory it takes on driver and executors; what is stored stays. */
  @Override
  public void close() {
    computed.forEach(Shards::close);
    hadoop.destroy();
    sent.close();
    ReplicaPool.end(spec);
  }
}
