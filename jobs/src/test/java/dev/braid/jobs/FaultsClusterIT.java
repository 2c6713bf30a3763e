package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.MiniDFSCluster.DataNodeProperties;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training, word vectors and scoring on two hosts, with data and results on HDFS, to which in one
 * run happens what happens to machines; and on a file system that is full. The results are those of
 * an undisturbed run in local mode.
 */
@Tag("clusters")
class FaultsClusterIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int DATA_NODES = 3;
  private static final int FILES = 60;
  private static final int ROWS_PER_FILE = 20;

  /** Small tasks, long enough for a listener to act between the first and the last of a stage. */
  private static final String TRAIN =
      Tables.JOB
          .replace("workers: 2", "workers: 4")
          .replace("localSteps: 4", "localSteps: 1")
          .replace(
              "epochs: 3",
              "epochs: 24\n  averaging: {exchange: sliced}\n  checkpoint: {everyRounds: 7}");

  private static final String EMBED =
      """
      corpus: {path: FOLDER/texts, minCount: 1}
      skipGram: {dimension: 16, sample: 0}
      training: {epochs: 12, workers: 4, tokensPerRound: 2000}
      rows: {broadcastMiB: 0, checkpointRounds: 5}
      output: {formats: [word2vec_text]}
      seed: 3
      """;

  private static final String INFER =
      """
      model: FOLDER/model.zip
      input:
        csv: {path: FOLDER/rows, features: [x, y, z]}
      keep: [_file, _row]
      output: {format: csv}
      incremental: true
      filesPerBatch: 4
      """;

  @TempDir private static Path folder;
  private static final Map<String, String> SETTINGS = new LinkedHashMap<>();
  private static MiniDFSCluster hdfs;
  private static volatile DataNodeProperties lost;
  private static DistributedFileSystem files;
  private static TwoHosts hosts;

  @BeforeAll
  static void start() throws Exception {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    conf.setInt("dfs.replication", 2);
    conf.setLong("dfs.blocksize", 1 << 20);
    hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(DATA_NODES).build();
    files = hdfs.getFileSystem();
    hosts = new TwoHosts(Files.createDirectories(folder.resolve("local")));
    // Three data nodes tell of each block.
    for (String logger : List.of("org.apache.hadoop", "BlockStateChange", "org.apache.spark")) {
      Configurator.setLevel(logger, Level.ERROR);
    }
    set("spark.hadoop.dfs.replication", "2");
    set("spark.hadoop.dfs.blocksize", "1048576");
    set("spark.executor.memory", "512m");
    set("spark.executor.cores", "1");
    set("spark.executorEnv.OMP_NUM_THREADS", "1");
    set("spark.executor.extraClassPath", System.getProperty("java.class.path"));
    set("spark.executor.extraJavaOptions", "--add-modules=jdk.incubator.vector");
    set("spark.ui.enabled", "false");
    set("spark.locality.wait", "300ms");
    // As conf/cluster/spot.conf has it, but that the number of executors stays.
    for (String key :
        List.of(
            "spark.decommission.enabled",
            "spark.storage.decommission.enabled",
            "spark.storage.decommission.rddBlocks.enabled",
            "spark.storage.decommission.shuffleBlocks.enabled",
            "spark.speculation")) {
      set(key, "true");
    }
    set("spark.task.maxFailures", "8");
    set("spark.speculation.interval", "50ms");
    set("spark.speculation.quantile", "0.5");
    writeInputs();
  }

  /** As spark-submit hands settings on. */
  private static void set(String key, String value) {
    SETTINGS.put(key, value);
    System.setProperty(key, value);
  }

  private static void writeInputs() throws IOException {
    write("/data/train.csv", Tables.table(200, 1));
    write("/data/test.csv", Tables.table(80, 2));
    for (int i = 0; i < 4; i++) {
      StringBuilder text = new StringBuilder();
      for (int k = 0; k < 500; k++) {
        text.append("the quick fox ").append((k + i) % 7).append(" jumps over dogs ");
        text.append(k % 11).append('\n');
      }
      write("/data/texts/" + i + ".txt", text.toString());
    }
    for (int i = 0; i < FILES; i++) {
      write("/data/rows/" + i + ".csv", Tables.table(ROWS_PER_FILE, 100 + i));
    }
    String data = hdfs.getURI() + "/data";
    Files.writeString(folder.resolve("train.yaml"), TRAIN.replace("FOLDER", data));
    Files.writeString(folder.resolve("embed.yaml"), EMBED.replace("FOLDER", data));
    Files.writeString(folder.resolve("infer.yaml"), INFER.replace("FOLDER", data));
    local("train", "/undisturbed/train");
    files.rename(path("/undisturbed/train/model.zip"), path("/data/model.zip"));
    local("embed", "/undisturbed/embed");
    local("infer", "/undisturbed/infer");
  }

  private static void write(String name, String text) throws IOException {
    try (OutputStream out = files.create(path(name))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static org.apache.hadoop.fs.Path path(String name) {
    return new org.apache.hadoop.fs.Path(name);
  }

  /** The data node comes back with what it holds: another one lost too would take data along. */
  @AfterEach
  void allDataNodesAreThere() throws Exception {
    if (lost != null) {
      assertTrue(hdfs.restartDataNode(lost, true));
      hdfs.waitActive();
      lost = null;
    }
  }

  @AfterAll
  static void stop() {
    SETTINGS.keySet().forEach(System::clearProperty);
    if (hosts != null) {
      hosts.close();
    }
    if (hdfs != null) {
      hdfs.shutdown();
    }
  }

  @Test
  void training_isTheSame_whateverHappensToMachines() throws IOException {
    befallen(
        "train",
        5,
        Troubles::standStill,
        Troubles::loseShuffleFiles,
        FaultsClusterIT::loseDataNode,
        Troubles::decommission,
        Troubles::kill);
    assertEquals(sha256("/undisturbed/train"), sha256("/befallen/train"));
  }

  @Test
  void wordVectors_areTheSame_whateverHappensToMachines() throws IOException {
    befallen(
        "embed",
        5,
        Troubles::standStill,
        Troubles::loseShuffleFiles,
        FaultsClusterIT::loseDataNode,
        Troubles::decommission,
        Troubles::kill);
    assertEquals(sha256("/undisturbed/embed"), sha256("/befallen/embed"));
  }

  @Test
  void scoring_hasEachRowOnce_whateverHappensToMachines() throws IOException {
    // It shuffles nothing.
    befallen(
        "infer",
        4,
        Troubles::standStill,
        FaultsClusterIT::loseDataNode,
        Troubles::decommission,
        Troubles::kill);
    assertEquals(predictions("/undisturbed/infer"), predictions("/befallen/infer"));
  }

  private static void befallen(String job, int jobsBetween, Troubles.Trouble... troubles) {
    Troubles.plan(jobsBetween, troubles);
    CommandLineRun run =
        braid(
            job,
            "/befallen/" + job,
            hosts.url(),
            "--conf",
            "spark.extraListeners=" + Troubles.class.getName());
    List<String> seen = Troubles.seen();
    System.out.println(job + ": " + seen);
    assertEquals(0, run.exitCode(), () -> run.out() + run.err() + seen);
    assertEquals(0, Troubles.numAhead(), () -> "the run was over too early: " + seen);
    // Whether a copy overtakes the executor that stands still depends on the moment; the
    // speculation
    // that must happen is tested with rounds that wait for it.
    List<String> expected =
        new ArrayList<>(
            List.of(
                "an executor stood still",
                "an executor was told to leave",
                "an executor was killed"));
    if (!job.equals("infer")) {
      expected.add("shuffle files were lost");
      expected.add("shuffle files were missed");
    }
    assertTrue(lost != null, "no datanode was lost");
    for (String trouble : expected) {
      assertTrue(seen.contains(trouble), () -> trouble + " is not among " + seen);
    }
  }

  private static void loseDataNode() {
    lost = hdfs.stopDataNode(0);
  }

  @Test
  void training_onAFullDisk_saysSo_andGoesOnWhenThereIsRoom() throws IOException {
    assertEquals(1, onFullDisk("train"));
    CommandLineRun again = braid("train", "/full/train", "local[2]", "--resume");
    assertEquals(0, again.exitCode(), again.out() + again.err());
    assertEquals(sha256("/undisturbed/train"), sha256("/full/train"));
  }

  @Test
  void wordVectors_onAFullDisk_sayIt_andGoOnWhenThereIsRoom() throws IOException {
    assertEquals(1, onFullDisk("embed"));
    CommandLineRun again = braid("embed", "/full/embed", "local[2]", "--resume");
    assertEquals(0, again.exitCode(), again.out() + again.err());
    assertEquals(sha256("/undisturbed/embed"), sha256("/full/embed"));
  }

  @Test
  void scoring_onAFullDisk_saysSo_andGoesOnWhenThereIsRoom() throws IOException {
    assertEquals(1, onFullDisk("infer"));
    CommandLineRun again = braid("infer", "/full/infer", "local[2]");
    assertEquals(0, again.exitCode(), again.out() + again.err());
    assertEquals(predictions("/undisturbed/infer"), predictions("/full/infer"));
  }

  /** A run whose folder may take nothing more after a while: a quota of HDFS; its exit code. */
  private static int onFullDisk(String job) throws IOException {
    String output = "/full/" + job;
    files.mkdirs(path(output));
    Troubles.plan(20, () -> limit(output, 1));
    CommandLineRun run =
        braid(
            job, output, "local[2]", "--conf", "spark.extraListeners=" + Troubles.class.getName());
    limit(output, HdfsConstants.QUOTA_RESET);
    assertEquals(0, Troubles.numAhead(), () -> "the run was over too early: " + run.out());
    String said = run.out() + run.err();
    System.out.println(job + " on a full disk: " + run.err());
    assertTrue(said.contains("quota"), said);
    return run.exitCode();
  }

  private static void limit(String output, long bytes) throws IOException {
    files.setQuota(path(output), HdfsConstants.QUOTA_DONT_SET, bytes);
  }

  private static void local(String job, String output) {
    CommandLineRun run = braid(job, output, "local[2]");
    assertEquals(0, run.exitCode(), run.out() + run.err());
  }

  private static CommandLineRun braid(String job, String output, String master, String... more) {
    List<String> command = new ArrayList<>(List.of(job, folder.resolve(job + ".yaml").toString()));
    command.addAll(List.of("--master", master, "--output", hdfs.getURI() + output));
    command.addAll(List.of(more));
    return CommandLineRun.braid(command.toArray(String[]::new));
  }

  private static String sha256(String output) throws IOException {
    try (InputStream in = files.open(path(output + "/summary.json"))) {
      return JSON.readTree(in).get("modelSha256").asText();
    }
  }

  /** All lines of all batches, but for the columns' names. */
  private static List<String> predictions(String output) throws IOException {
    List<String> lines = new ArrayList<>();
    for (FileStatus batch : files.listStatus(path(output + "/predictions"))) {
      for (FileStatus part : files.listStatus(batch.getPath())) {
        if (part.getPath().getName().endsWith(".csv")) {
          try (InputStream in = files.open(part.getPath())) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .skip(1)
                .forEach(lines::add);
          }
        }
      }
    }
    assertEquals(FILES * ROWS_PER_FILE, lines.size(), "rows");
    assertEquals(lines.size(), new TreeSet<>(lines).size(), "different rows");
    return lines.stream().sorted().toList();
  }
}
