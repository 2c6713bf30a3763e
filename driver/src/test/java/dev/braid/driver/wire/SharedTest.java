package dev.braid.driver.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SharedTest {
  private static final State STATE = new State(Blocks.copyOf(1, 2), List.of(), Blocks.zeros(0));

  @Test
  void aTasksCopyOfIt_findsTheVeryState_inTheSameJvm() throws Exception {
    try (Shared<State> driver = Shared.open()) {
      driver.put(3, STATE);
      assertSame(STATE, sent(driver).get(3).orElseThrow());
    }
  }

  @Test
  void twoOpenOnes_doNotSeeEachOther() {
    try (Shared<State> one = Shared.open();
        Shared<State> other = Shared.open()) {
      one.put(3, STATE);
      assertEquals(Optional.empty(), other.get(3));
    }
  }

  @Test
  void whatALateAttemptLeaves_isDropped() throws Exception {
    Shared<State> task;
    try (Shared<State> driver = Shared.open()) {
      driver.put(3, STATE);
      task = sent(driver);
    }
    task.put(4, STATE);
    assertEquals(Optional.empty(), task.get(3));
    assertEquals(Optional.empty(), task.get(4));
  }

  @SuppressWarnings("unchecked") // what was written is read
  private static Shared<State> sent(Shared<State> states)
      throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(states);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (Shared<State>) in.readObject();
    }
  }
}
