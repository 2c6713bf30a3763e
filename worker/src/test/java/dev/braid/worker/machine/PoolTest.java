package dev.braid.worker.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PoolTest {

  /** Lends numbered names, and writes down what is freed. */
  private static final class Names extends Pool<String> {
    private final AtomicInteger numMade = new AtomicInteger();
    private final List<String> freed = new ArrayList<>();

    @Override
    protected String create() {
      return "name " + numMade.incrementAndGet();
    }

    @Override
    protected void free(String name) {
      freed.add(name);
    }

    @Override
    protected void freeShared() {
      freed.add("shared");
    }
  }

  private static Names names(byte[] bytes) {
    return Pool.of(bytes, own -> new Names());
  }

  @Test
  void sameArray_isOnePool_howeverManyThreadsAsk() throws Exception {
    byte[] bytes = {1, 2};
    AtomicInteger loads = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Names>> asking = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        asking.add(
            () ->
                Pool.of(
                    bytes,
                    own -> {
                      loads.incrementAndGet();
                      return new Names();
                    }));
      }
      Names first = names(bytes);
      for (Future<Names> pool : threads.invokeAll(asking)) {
        assertSame(first, pool.get());
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(0, loads.get());
    assertNotSame(names(bytes), names(bytes.clone()), "equal bytes of another run");
  }

  @Test
  void whatIsLent_isNobodyElses_andIsKeptUnlessItsWorkFailed() {
    Names names = names(new byte[1]);
    String outer = names.lend(one -> one + ", " + names.lend(other -> other));
    assertEquals("name 1, name 2", outer);
    assertEquals("name 2", names.lend(one -> one));
    assertThrows(
        IllegalStateException.class,
        () ->
            names.lend(
                one -> {
                  throw new IllegalStateException(one);
                }));
    assertEquals(List.of("name 1"), names.freed);
    assertEquals("name 2", names.take());
    assertEquals("name 3", names.take());
  }

  @Test
  void closed_freesWhatIsIdleAtOnce_andTheRestWhenItIsGivenBack() {
    byte[] bytes = new byte[1];
    Names names = names(bytes);
    String lent = names.take();
    names.lend(idle -> idle);
    Pool.close(bytes);
    assertEquals(List.of("name 2"), names.freed);
    assertThrows(IllegalStateException.class, names::take);
    names.giveBack(lent, true);
    assertEquals(List.of("name 2", "name 1", "shared"), names.freed);
    assertNotSame(names, names(bytes), "another run of the same bytes begins anew");
  }

  @Test
  void whatCannotBeMade_leavesNothingTaken() {
    byte[] bytes = new byte[1];
    List<String> freed = new ArrayList<>();
    Pool<String> pool =
        Pool.of(
            bytes,
            own ->
                new Pool<String>() {
                  @Override
                  protected String create() {
                    throw new IllegalStateException("no memory");
                  }

                  @Override
                  protected void free(String one) {
                    freed.add(one);
                  }

                  @Override
                  protected void freeShared() {
                    freed.add("shared");
                  }
                });
    assertThrows(IllegalStateException.class, pool::take);
    Pool.close(bytes);
    assertEquals(List.of("shared"), freed);
  }

  @Test
  void bytesThatNobodyHas_areForgottenWithTheirPool() throws InterruptedException {
    WeakReference<Names> pool = new WeakReference<>(names(new byte[1]));
    for (int i = 0; i < 100 && pool.get() != null; i++) {
      System.gc();
      names(new byte[2]); // the map looks after its dead keys
      Thread.sleep(10);
    }
    assertNull(pool.get());
  }
}
