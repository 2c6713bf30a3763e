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
      MLP: 4c2343bc45255890b3a671dd39d2e33a801a620fe615ba062a12da02c6d21e18
      LSTM: bacc4d4fb6e8c388d11a57479e9d96bca8579f8f3c4983b2ae3f65e992c7b4bd
      GRU with attention: f9d9cca816865a73ad787b04aaa52dd367705ed1b6fed76a9c41eac71bfa356b
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
