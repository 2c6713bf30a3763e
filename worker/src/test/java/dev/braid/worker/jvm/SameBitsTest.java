package dev.braid.worker.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.braid.worker.OwnJvm;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training on the jvm engine ends in the same bits in every JVM. The README has these numbers. */
class SameBitsTest {
  private static final String EXPECTED =
      """
      LeNet: 4740d8ae80de4468da021c26bbcf3fa134a57944965449abc5b7ca0173f91bb6
      LSTM with dropout: 550e2cc35e6153b86c5b6f575fe08aed608ec51e27e0513e51a23e561f6dcb2c
      ResNet-20 with batch norm: aab69dad1f3de28a10fc036a82b8b4dbbb6caf04be963e41ecd89bc208d24cea
      GRU with attention: be74c8f9c15a1d1d0f87b8a07ca795520b16f1e0da6ba6924add563ee4576e33
      """;

  @Test
  void tenSteps_endInTheBitsThatTheReadmeTells() {
    assertEquals(EXPECTED, SameBits.fingerprints());
  }

  /** AVX-512, which the processor may lack, AVX2, vectors of NEON's size, and plain loops. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--add-modules=jdk.incubator.vector -XX:UseAVX=3",
        "--add-modules=jdk.incubator.vector -XX:UseAVX=2",
        "--add-modules=jdk.incubator.vector -XX:MaxVectorSize=16",
        "-XX:+UseSerialGC"
      })
  void tenSteps_withOtherFlags_endInTheSameBits(String flags)
      throws IOException, InterruptedException {
    assertTrue(OwnJvm.run(List.of(flags.split(" ", -1)), SameBits.class).endsWith(EXPECTED), flags);
  }

  /** Where BRAID_OTHER_JAVA is a command that starts another Java, or one of another processor. */
  @Test
  void tenSteps_inAnotherJava_endInTheSameBits() throws IOException, InterruptedException {
    String java = System.getenv("BRAID_OTHER_JAVA");
    assumeTrue(java != null, "skipped: BRAID_OTHER_JAVA names no other Java");
    List<String> command = List.of(java.split(" ", -1));
    List<String> flags = List.of("--add-modules=jdk.incubator.vector");
    String said = OwnJvm.run(command, flags, SameBits.class);
    assertTrue(said.endsWith(EXPECTED), said);
  }
}
