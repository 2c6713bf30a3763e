package dev.braid.driver.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateBytesTest {
  private static final State SMALL =
      new State(
          Blocks.copyOf(1, -2.5f, Float.MIN_VALUE),
          List.of(Blocks.copyOf(4, 5, 6), Blocks.copyOf(7, 8, Float.MAX_VALUE)),
          Blocks.copyOf(-0.0f));

  private static State zerosLike(State state) {
    return new State(
        Blocks.zeros(state.params().size()),
        state.slots().stream().map(slot -> Blocks.zeros(slot.size())).toList(),
        Blocks.zeros(state.statistics().size()));
  }

  @Test
  void decode_givesEveryBitBack() {
    State read = zerosLike(SMALL);
    StateBytes.decode(StateBytes.encode(SMALL), read);
    assertEquals(SMALL, read);
  }

  @Test
  void decode_givesEveryBitBack_acrossPieces() {
    State state =
        new State(
            Blocks.zeros(StateBytes.PIECE_SIZE + 5L),
            List.of(Blocks.zeros(StateBytes.PIECE_SIZE + 5L)),
            Blocks.zeros(0));
    for (long i = 0; i < state.params().size(); i += 999_983) {
      state.params().set(i, (float) i);
      state.slots().get(0).set(i, (float) -i);
    }
    byte[][] pieces = StateBytes.encode(state);
    assertEquals(4, pieces.length);

    State read = zerosLike(state);
    StateBytes.decode(pieces, read);
    assertEquals(state, read);
  }

  @Test
  void decode_refusesWhatIsNotThisState() {
    byte[][] pieces = StateBytes.encode(SMALL);

    byte[][] cut = pieces.clone();
    cut[0] = Arrays.copyOf(pieces[0], pieces[0].length - 4);
    assertMessage("damaged", cut, zerosLike(SMALL));

    byte[][] foreign = pieces.clone();
    foreign[0] = pieces[0].clone();
    foreign[0][0] ^= 1;
    assertMessage("not a piece of a state", foreign, zerosLike(SMALL));

    byte[][] newer = pieces.clone();
    newer[0] = pieces[0].clone();
    newer[0][4] = 9;
    assertMessage("version 9", newer, zerosLike(SMALL));

    State larger = new State(Blocks.zeros(30), List.of(), Blocks.zeros(0));
    assertMessage("a state in 4 pieces, expected 1", pieces, larger);
  }

  private static void assertMessage(String part, byte[][] pieces, State target) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> StateBytes.decode(pieces, target))
            .getMessage();
    assertTrue(message.contains(part), message);
  }
}
