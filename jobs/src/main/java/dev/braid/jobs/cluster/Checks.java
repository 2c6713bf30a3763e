package dev.braid.jobs.cluster;

import dev.braid.driver.cluster.Executors.Facts;
import dev.braid.worker.machine.Gpus;
import dev.braid.worker.machine.JvmFlags;
import dev.braid.worker.machine.Nd4jFacts;
import dev.braid.worker.machine.ProcessFacts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** What must be so on each machine; plain functions of what a process says of itself. */
final class Checks {
  private static final Set<Integer> JAVA = Set.of(17, 21);
  private static final double GIB = 1 << 30;
  private static final double MIN_FREE_GIB = 2;
  private static final double MAX_CLOCK_SECONDS = 10;

  private Checks() {}

  /** Java and its flags. */
  static List<Finding> java(String where, ProcessFacts facts) {
    return List.of(version(where, facts), opens(where, facts), vector(where, facts));
  }

  private static Finding version(String where, ProcessFacts facts) {
    return JAVA.contains(facts.java().feature())
        ? Finding.good("%s: Java %d in %s", where, facts.java().feature(), facts.java().home())
        : Finding.bad(
            "%s: Java %d, but Spark 3.5 and Braid run on 17 and 21"
                .formatted(where, facts.java().feature()),
            "apt-get install openjdk-17-jre-headless   (on " + facts.host() + ")",
            "--conf spark.executorEnv.JAVA_HOME=/usr/lib/jvm/java-17-openjdk-amd64");
  }

  private static Finding opens(String where, ProcessFacts facts) {
    List<String> closed = facts.java().closedPackages();
    return closed.isEmpty()
        ? Finding.good("%s: the JDK is open to Spark", where)
        : Finding.bad(
            where + ": the JVM lacks add-opens for " + String.join(", ", closed),
            "--properties-file conf/spark-defaults.conf",
            javaOptions(where, String.join(" ", closed.stream().map(JvmFlags::opening).toList())));
  }

  private static Finding vector(String where, ProcessFacts facts) {
    int bits = facts.java().vectorBits();
    return bits > 0
        ? Finding.good(
            "%s: Vector API: engine jvm and word vectors compute in vectors of %d bits",
            where, bits)
        : Finding.bad(
            where
                + ": the JVM lacks the Vector API module; engine jvm and word vectors compute in"
                + " plain loops, several times slower, with the same result",
            javaOptions(where, "--add-modules=" + JvmFlags.VECTOR));
  }

  private static String javaOptions(String where, String options) {
    String side = where.equals("driver") ? "driver" : "executor";
    return "--conf \"spark.%s.extraJavaOptions=%s\"".formatted(side, options);
  }

  /** Native libraries, memory, disk. */
  static List<Finding> machine(String where, ProcessFacts facts) {
    List<Finding> findings = new ArrayList<>();
    if (!facts.natives().javacpp().isEmpty()) {
      findings.addAll(natives(where, facts));
    }
    if (facts.gpus() > 0 && !where.equals("driver")) { // the driver's are said with its settings
      findings.add(Finding.good("%s: %s", where, Gpus.unused(facts.gpus())));
    }
    findings.add(
        disk(where, "temporary files lie", "java.io.tmpdir", facts.disks().temporaryFreeBytes()));
    return findings;
  }

  private static List<Finding> natives(String where, ProcessFacts facts) {
    List<Finding> findings = new ArrayList<>();
    if (facts.torch().onClasspath()) {
      findings.add(torch(where, facts));
    }
    if (facts.natives().nd4j().engine()) {
      findings.add(nd4j(where, facts.natives().nd4j()));
    }
    findings.add(
        facts.natives().ompThreads().equals("1")
            ? Finding.good("%s: OMP_NUM_THREADS is 1: cores are used by tasks", where)
            : Finding.bad(
                "%s: OMP_NUM_THREADS is %s: DL4J's tasks would share their cores and give other bits"
                    .formatted(
                        where,
                        facts.natives().ompThreads().isEmpty()
                            ? "not set"
                            : facts.natives().ompThreads()),
                where.equals("driver")
                    ? "export OMP_NUM_THREADS=1"
                    : "--conf spark.executorEnv.OMP_NUM_THREADS=1"));
    findings.add(
        disk(where, "natives are unpacked", facts.disks().cache(), facts.disks().cacheFreeBytes()));
    return findings;
  }

  private static Finding torch(String where, ProcessFacts facts) {
    if (!facts.torch().problem().isEmpty()) {
      return Finding.bad(
          where + ": " + facts.torch().problem(),
          "--conf"
              + " \"spark.executor.extraJavaOptions=-Dorg.bytedeco.javacpp.cachedir=/path/with/1GB\"",
          "./braid jar -Pwindows-x86_64   (a jar for another platform)");
    }
    return Finding.good(
        "%s: libtorch loaded in %.1f s, oneDNN %s, from %s",
        where,
        facts.torch().seconds(),
        facts.torch().oneDnn() ? "in use" : "not in use",
        facts.torch().library());
  }

  private static Finding nd4j(String where, Nd4jFacts facts) {
    if (facts.usable().isEmpty()) {
      return Finding.bad(
          where
              + ": engine dl4j cannot run: its natives here are "
              + (facts.builds().isEmpty() ? "missing" : String.join(", ", facts.builds()))
              + (facts.avx512() ? "" : ", and this processor has no AVX-512"),
          "./braid jar   (natives for processors with and without AVX-512)",
          "--set engine=torch");
    }
    return Finding.good("%s: ND4J would use its natives %s", where, facts.usable().get(0));
  }

  private static Finding disk(String where, String what, String folder, long freeBytes) {
    double gib = freeBytes / GIB;
    return gib >= MIN_FREE_GIB
        ? Finding.good("%s: %.0f GiB free where %s (%s)", where, gib, what, folder)
        : Finding.bad(
            "%s: only %.1f GiB free where %s (%s)".formatted(where, gib, what, folder),
            folder.equals("java.io.tmpdir")
                ? "--conf spark.local.dir=/path/with/room"
                : "--conf"
                    + " \"spark.executor.extraJavaOptions=-Dorg.bytedeco.javacpp.cachedir=/path/with/room\"");
  }

  /** That an executor has the versions of the driver, and its time. */
  static List<Finding> agreement(String where, Facts driver, Facts executor) {
    List<Finding> findings = new ArrayList<>();
    findings.add(
        same(where, "Scala", driver.scala(), executor.scala(), WrongScala.fix(executor.scala())));
    findings.add(
        same(
            where,
            "Spark",
            driver.spark(),
            executor.spark(),
            "submit with the spark-submit of Spark "
                + executor.spark()
                + ": export SPARK_HOME=..."));
    findings.add(
        same(
            where,
            "JavaCPP",
            driver.process().natives().javacpp(),
            executor.process().natives().javacpp(),
            "take the other javacpp jar out of spark.jars, spark.executor.extraClassPath and the"
                + " executors' jars folder"));
    double seconds = (executor.process().clockMillis() - driver.process().clockMillis()) / 1000.0;
    findings.add(
        Math.abs(seconds) <= MAX_CLOCK_SECONDS
            ? Finding.good("%s: its clock agrees", where)
            : Finding.bad(
                "%s: its clock is %.0f s off the driver's".formatted(where, seconds),
                "timedatectl set-ntp true   (on " + executor.process().host() + ")"));
    return findings;
  }

  private static Finding same(
      String where, String what, String driver, String executor, String fix) {
    return driver.equals(executor)
        ? Finding.good("%s: %s %s", where, what, executor)
        : Finding.bad(
            "%s: %s %s, but the driver has %s".formatted(where, what, executor, driver), fix);
  }

  /** That a folder for results and checkpoints can be written to. */
  static Finding writable(String folder, Configuration hadoop) {
    Path path = new Path(folder);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      boolean there = files.exists(path);
      Path probe = new Path(path, ".braid-doctor-" + UUID.randomUUID());
      files.create(probe, true).close();
      files.delete(there ? probe : path, true);
      return Finding.good(
          "results and checkpoints can be written to %s", files.makeQualified(path));
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      return Finding.bad(
          "results and checkpoints cannot be written to " + folder + ": " + reason,
          "--output "
              + (path.toUri().getScheme() == null ? "" : path.toUri().getScheme() + "://")
              + "/a/folder/you/may/write/to",
          "chown -R $USER " + folder);
    }
  }
}
