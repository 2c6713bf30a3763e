package dev.braid.jobs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.jobs.cluster.SparkHome.Ended;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/** One epoch of conf/fashion-lenet.yaml, submitted anywhere: the same model everywhere. */
final class FashionJob {
  private static final String[] FILES = {
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz"
  };

  private static String expected;

  private FashionJob() {}

  static Path samples() {
    return SparkHome.root().resolve("jobs/samples/fashion-mnist");
  }

  static Path file() {
    return SparkHome.root().resolve("conf/fashion-lenet.yaml");
  }

  /** What is called for: data and output in folders of any file system. */
  static List<String> command(String jar, String job, String data, String output) {
    List<String> command = new ArrayList<>(List.of(jar, "train", job, "--output", output));
    String[] keys = {"train.idx.images", "train.idx.labels", "test.idx.images", "test.idx.labels"};
    for (int i = 0; i < keys.length; i++) {
      command.addAll(List.of("--set", "data." + keys[i] + "=" + data + "/" + FILES[i]));
    }
    command.addAll(List.of("--set", "training.epochs=1", "--set", "training.localSteps=40"));
    return command;
  }

  /** The model's fingerprint in local mode, by the same jar. */
  static synchronized String expected(SparkHome home) throws Exception {
    if (expected == null) {
      // With their scheme: where a cluster's settings are on the classpath, bare paths are HDFS's.
      String output = "file://" + home.folder().resolve("local");
      String job = "file://" + file();
      Ended run =
          home.submit(
              List.of("--master", "local[2]"),
              command(SparkHome.jar().toString(), job, "file://" + samples(), output));
      assertEquals(0, run.exitCode(), run.log());
      expected = sha256(output, new Configuration());
    }
    return expected;
  }

  static String sha256(String output, Configuration hadoop) throws IOException {
    var summary = new org.apache.hadoop.fs.Path(output, "summary.json");
    try (FileSystem files = FileSystem.newInstance(summary.toUri(), hadoop);
        InputStream in = files.open(summary)) {
      return new JsonMapper().readTree(in).get("modelSha256").asText();
    }
  }
}
