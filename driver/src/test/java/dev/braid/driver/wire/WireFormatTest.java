package dev.braid.driver.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.exchange.ChunkMean;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.util.List;
import org.junit.jupiter.api.Test;

class WireFormatTest {
  private static State state(float... params) {
    return new State(Blocks.copyOf(params), List.of(), Blocks.zeros(0));
  }

  /** One round of one worker that replaces the state by {@code trained}, as bfloat16 sends it. */
  private static void round(State master, State trained) {
    Chunk chunk = Chunk.of(master, 1 << 14).get(0);
    float[] sent = StateBytes.floats(StateBytes.encode(master, chunk, WireFormat.BFLOAT16), chunk);
    float[] change = StateBytes.floats(StateBytes.encodeChange(trained, sent, chunk), chunk);
    new ChunkMean(change, new double[0]).applyTo(master, chunk, WireFormat.BFLOAT16);
  }

  @Test
  void bfloat16_isTheUpperHalf_roundedTowardsZero() {
    assertEquals(1.0f, WireFormat.fromBfloat16(WireFormat.toBfloat16(1.0f)));
    assertEquals(1.0f, WireFormat.fromBfloat16(WireFormat.toBfloat16(1.0078f)));
    assertEquals(-1.0f, WireFormat.fromBfloat16(WireFormat.toBfloat16(-1.0078f)));
    assertEquals(1.0078125f, WireFormat.fromBfloat16(WireFormat.toBfloat16(1.01f)));
  }

  @Test
  void whatRoundingCutsOff_isNotLost_overManyRounds() {
    // A worker that adds 0.001 a round: bfloat16 alone would stay at 1 for ever (its next number
    // is 1.0078). A change loses at most 1 part in 128.
    State master = state(1);
    for (int round = 0; round < 1000; round++) {
      Chunk chunk = Chunk.of(master, 1 << 14).get(0);
      byte[] piece = StateBytes.encode(master, chunk, WireFormat.BFLOAT16);
      round(master, state(StateBytes.floats(piece, chunk)[0] + 0.001f));
    }
    assertEquals(2, master.params().get(0), 1.0 / 128);
  }

  @Test
  void whatIsNeverNegative_doesNotBecomeSo() {
    SplitMix random = SplitMix.stream(1);
    State master = state(new float[1000]);
    for (int round = 0; round < 200; round++) {
      float[] trained = new float[1000];
      for (int i = 0; i < trained.length; i++) {
        trained[i] = (float) Math.exp(10 * random.nextGaussian());
      }
      round(master, state(trained));
      for (int i = 0; i < trained.length; i++) {
        assertTrue(master.params().get(i) >= 0, "" + master.params().get(i));
      }
    }
  }
}
