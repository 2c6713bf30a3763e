package dev.braid.worker.machine;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * What a JVM keeps between tasks that were sent the same bytes, as making it costs more than a
 * task: replicas of a network, a loaded model. Each is lent to one task at a time, so there are as
 * many as tasks run at once; what they share is kept once, in the pool itself.
 *
 * <p>A pool is found by the very array in which the bytes arrived, that of a broadcast, and is
 * forgotten with it: an executor needs no word that a run has ended.
 *
 * @param <T> what is lent
 */
public abstract class Pool<T> {
  private static final Map<byte[], Pool<?>> POOLS =
      Collections.synchronizedMap(new WeakHashMap<>());
  private static final AtomicLong MADE = new AtomicLong();

  private final ArrayDeque<T> idle = new ArrayDeque<>();
  private int taken;
  private boolean closed;

  /** Makes one more. */
  protected abstract T create();

  /** Frees one. */
  protected abstract void free(T one);

  /** Frees what they share, after the last of them. */
  protected void freeShared() {}

  /**
   * The pool of these bytes.
   *
   * @param make makes it of them where there is none yet; it must not keep the array
   */
  @SuppressWarnings("unchecked") // the same bytes are always asked for the same
  public static <P extends Pool<?>> P of(byte[] bytes, Function<byte[], P> make) {
    synchronized (POOLS) {
      return (P)
          POOLS.computeIfAbsent(
              bytes,
              own -> {
                MADE.incrementAndGet();
                return make.apply(own);
              });
    }
  }

  /** Frees what this JVM keeps for these bytes, as soon as the last task has given it back. */
  public static void close(byte[] bytes) {
    Pool<?> pool = POOLS.remove(bytes);
    if (pool != null) {
      pool.close();
    }
  }

  /** How many pools this JVM has made so far. */
  static long numMade() {
    return MADE.get();
  }

  private synchronized void close() {
    closed = true;
    idle.forEach(this::free);
    idle.clear();
    freeSharedAfterTheLast();
  }

  private void freeSharedAfterTheLast() {
    if (closed && taken == 0) {
      freeShared();
    }
  }

  /**
   * Lends one to {@code work}. One whose work has failed is freed, not kept: nobody knows what
   * state it is in.
   */
  public final <R> R lend(Function<T, R> work) {
    T one = take();
    boolean done = false;
    try {
      R result = work.apply(one);
      done = true;
      return result;
    } finally {
      giveBack(one, done);
    }
  }

  /** One that nobody else has until {@link #giveBack}. */
  public final T take() {
    synchronized (this) {
      if (closed) { // a task that was called off and has not noticed
        throw new IllegalStateException("the run has ended");
      }
      taken++;
      if (!idle.isEmpty()) {
        return idle.poll();
      }
    }
    try { // several tasks at a time
      return create();
    } catch (RuntimeException | Error e) {
      gone();
      throw e;
    }
  }

  private synchronized void gone() {
    taken--;
    freeSharedAfterTheLast();
  }

  /**
   * Takes one back.
   *
   * @param done whether the work with it has ended well; it is freed otherwise
   */
  public final synchronized void giveBack(T one, boolean done) {
    if (done && !closed) {
      idle.add(one);
    } else {
      free(one);
    }
    gone();
  }
}
