package dev.braid.jobs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.Braid;
import dev.braid.worker.machine.JvmFlags;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code braid doctor} in JVMs that lack something, and on executors that do. */
class DoctorIT {
  private static final String VECTOR = "--add-modules=" + JvmFlags.VECTOR;

  @TempDir private Path folder;

  private record Ended(int exitCode, String said) {
    String line(String part) {
      return said.lines()
          .filter(line -> line.contains(part))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no line says '" + part + "' in\n" + said));
    }
  }

  @Test
  void aSoundMachine_isSaidToBe() throws Exception {
    Ended ended = doctor(all(), classpath(), "--master", "local[1]");
    assertEquals(0, ended.exitCode(), ended.said());
    assertTrue(ended.said().endsWith("all is well\n"), ended.said());
    ended.line("ok    1 of 1 executor at local[1] answer");
    ended.line("ok    driver: libtorch loaded");
  }

  @Test
  void missingAddOpens_areNamed_withTheFlags() throws Exception {
    Ended ended = doctor(List.of(VECTOR), classpath(), "--master", "local[1]");
    assertEquals(1, ended.exitCode(), ended.said());
    ended.line("FAIL  driver: the JVM lacks add-opens for java.lang, ");
    assertTrue(ended.said().contains("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED"), ended.said());
  }

  @Test
  void missingVectorApi_onAnExecutor_isNamed() throws Exception {
    Ended ended = doctor(all(), classpath(), "--master", "local-cluster[1,1,1024]");
    assertEquals(1, ended.exitCode(), ended.said());
    ended.line("FAIL  executor 0 on");
    ended.line("the JVM lacks the Vector API module");
    ended.line(
        "fix: --conf \"spark.executor.extraJavaOptions=--add-modules=jdk.incubator.vector\"");
    ended.line("ok    driver: Vector API");
  }

  @Test
  void unwritableOutput_isNamed() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    Ended ended =
        doctor(all(), classpath(), "--master", "local[1]", "--output", file.resolve("runs") + "");
    assertEquals(1, ended.exitCode(), ended.said());
    ended.line("FAIL  results and checkpoints cannot be written to " + file);
    ended.line("fix: --output ");
  }

  @Test
  void anotherScala_onTheExecutors_isNamed() throws Exception {
    String scala = System.getProperty("braid.other.scala");
    Ended ended =
        doctor(
            all(),
            classpath(),
            "--master",
            "local-cluster[1,1,1024]",
            "--conf",
            "spark.executor.extraClassPath=" + scala);
    assertEquals(1, ended.exitCode(), ended.said());
    String line = ended.line("FAIL  executors: spark.executor.extraClassPath puts Scala 2.13.");
    assertTrue(line.contains("but Spark and Braid are of Scala 2.12.18"), line);
    ended.line("fix: --conf spark.executor.extraClassPath=");
  }

  @Test
  void avx512Only_onAProcessorWithoutIt_isNamed() throws Exception {
    Path cpuinfo =
        Files.writeString(folder.resolve("cpuinfo"), "flags\t\t: fpu sse4_2 avx avx2 fma\n");
    String narrow =
        Stream.of(classpath().split(File.pathSeparator, -1))
            .filter(jar -> !jar.endsWith("-onednn-avx2.jar"))
            .collect(Collectors.joining(File.pathSeparator));
    List<String> flags = new ArrayList<>(all());
    flags.add("-Dbraid.cpuinfo=" + cpuinfo);
    Ended ended = doctor(flags, narrow, "--master", "local[1]");
    assertEquals(1, ended.exitCode(), ended.said());
    ended.line(
        "FAIL  driver: engine dl4j cannot run: its natives here are onednn-avx512, and this"
            + " processor has no AVX-512");
    ended.line("fix: --set engine=torch");

    Ended complete = doctor(flags, classpath(), "--master", "local[1]");
    assertEquals(0, complete.exitCode(), complete.said());
    complete.line("ok    driver: ND4J would use its natives onednn-avx2");
    assertFalse(complete.said().contains("FAIL"), complete.said());
  }

  private static List<String> all() {
    List<String> flags = new ArrayList<>(List.of(VECTOR));
    JvmFlags.OPENED.forEach(name -> flags.add(JvmFlags.opening(name)));
    return flags;
  }

  private static String classpath() {
    return System.getProperty("java.class.path");
  }

  private Ended doctor(List<String> flags, String classpath, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-Xmx1g", "-cp", classpath, Braid.class.getName(), "doctor"));
    if (!List.of(arguments).contains("--output")) {
      command.addAll(List.of("--output", folder.resolve("runs").toString()));
    }
    command.addAll(List.of("--conf", "spark.ui.enabled=false"));
    command.addAll(List.of("--conf", "spark.executorEnv.OMP_NUM_THREADS=1"));
    command.addAll(List.of("--conf", "spark.executor.memory=1g"));
    command.addAll(List.of("--conf", "spark.driver.extraClassPath=" + classpath));
    if (List.of(arguments).stream().noneMatch(a -> a.startsWith("spark.executor.extraClassPath"))) {
      command.addAll(List.of("--conf", "spark.executor.extraClassPath=" + classpath));
    }
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(folder, "doctor", ".out");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("OMP_NUM_THREADS", "1");
    // Spark looks for jars of its own there; the classpath has all.
    Path home = Files.createDirectories(folder.resolve("spark/jars")).getParent();
    builder.environment().put("SPARK_HOME", home.toString());
    Process process =
        builder.redirectOutput(out.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    if (!process.waitFor(3, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("doctor has not ended: " + Files.readString(out));
    }
    return new Ended(process.exitValue(), Files.readString(out));
  }
}
