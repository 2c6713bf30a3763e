package dev.braid.driver.embedding.skipgram;

import static dev.braid.driver.embedding.skipgram.SmallTraining.BROADCAST;
import static dev.braid.driver.embedding.skipgram.SmallTraining.PARTITIONED;
import static dev.braid.driver.embedding.skipgram.SmallTraining.PLAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.ChildJvm;
import dev.braid.driver.LocalSpark;
import dev.braid.driver.embedding.EmbeddingListener;
import dev.braid.driver.embedding.EmbeddingReport;
import dev.braid.driver.embedding.Texts;
import dev.braid.driver.run.RunContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Word vectors are the same bytes on executors of their own, and whatever is killed meanwhile. */
public class EmbeddingClusterIT {
  private static final String CLUSTER = "local-cluster[2,1,2048]";
  private static final Map<String, String> SETTINGS =
      Map.of(
          "spark.executor.extraJavaOptions", "--add-modules=jdk.incubator.vector",
          "spark.deploy.maxExecutorRetries", "-1",
          "spark.locality.wait", "300ms"); // as conf/spark-defaults.conf has it

  @TempDir private static Path folder;
  private static String corpus;
  private static String expected;

  @BeforeAll
  static void trainUndisturbed() throws IOException {
    corpus = Texts.write(Files.createDirectory(folder.resolve("texts")), 900);
    expected = SmallTraining.train(LocalSpark.session(), corpus, PLAN, BROADCAST);
  }

  @Test
  void executors_killedOrNot_giveTheBytesOfOneProcess_withBothRowSources() {
    LocalSpark.on(
        CLUSTER,
        SETTINGS,
        spark -> {
          for (RowPlacement rows : List.of(BROADCAST, PARTITIONED)) {
            assertEquals(expected, SmallTraining.train(spark, corpus, PLAN, rows));
            Killer killer = new Killer();
            assertEquals(expected, train(spark, rows, killer));
            assertEquals(2, killer.killed.get(), "executors killed");
          }
          return null;
        });
  }

  private static String train(SparkSession spark, RowPlacement rows, Killer killer) {
    return SmallTraining.train(RunContext.of(spark), corpus, PLAN, rows, killer);
  }

  /** Kills an executor after the third round and another after the sixth. */
  private static final class Killer implements EmbeddingListener {
    private final AtomicInteger killed = new AtomicInteger();
    private int rounds;

    @Override
    public void reported(EmbeddingReport report) {
      rounds++;
      if (rounds == 3 || rounds == 6) {
        List<ProcessHandle> victims = executors();
        if (!victims.isEmpty() && victims.get(0).destroyForcibly()) {
          killed.incrementAndGet();
        }
      }
    }
  }

  /** The executors that this JVM has started. */
  private static List<ProcessHandle> executors() {
    return ProcessHandle.current().descendants().filter(EmbeddingClusterIT::isExecutor).toList();
  }

  /** The whole command line: with a long classpath ProcessHandle.info() does not have it. */
  private static boolean isExecutor(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
          .contains("CoarseGrainedExecutorBackend");
    } catch (IOException e) {
      return false; // it has ended meanwhile
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"broadcast", "partitioned"})
  void killedDriver_goesOnToTheSameBytes(String rows) throws IOException {
    String checkpoints = folder.resolve(rows).toString();
    List<String> first = live(rows, checkpoints, 5);
    assertEquals(5, first.size(), first.toString());
    List<String> second = live(rows, checkpoints, 2);
    assertEquals(first.get(4), second.get(0), "checkpoints are taken every second round");
    List<String> last = live(rows, checkpoints, Integer.MAX_VALUE);
    assertTrue(last.size() > 1, last.toString());
    assertEquals("sha256 " + expected, last.get(last.size() - 1));
  }

  /** What a training in a process of its own says until it has done so many rounds or ends. */
  private static List<String> live(String rows, String checkpoints, int rounds) throws IOException {
    Process process =
        ChildJvm.start(
            EmbeddingProcess.class,
            List.of("-Xmx512m", "--add-modules=jdk.incubator.vector"),
            corpus,
            checkpoints,
            rows);
    List<String> said = new ArrayList<>();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        said.add(line);
        if (said.size() == rounds) {
          process.toHandle().destroyForcibly(); // SIGKILL
          break;
        }
      }
    } finally {
      process.toHandle().destroyForcibly();
    }
    return said;
  }
}
