package dev.braid.driver.inference;

import dev.braid.worker.inference.ForeignSettings;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.ModelBytes;
import dev.braid.worker.inference.Predictor;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * A model in the memory of an executor: loaded once, asked by all its tasks. Found by the very
 * array its broadcast bytes arrived in, and forgotten with it.
 */
public final class Models {
  private static final Map<byte[], Models> LOADED =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final LoadedModel model;
  private final ArrayDeque<Predictor> idle = new ArrayDeque<>();
  private int taken;
  private boolean closed;

  private Models(LoadedModel model) {
    this.model = model;
  }

  /** The model these bytes are. */
  public static Models of(byte[] bytes, ForeignSettings foreign) {
    synchronized (LOADED) {
      return LOADED.computeIfAbsent(bytes, file -> new Models(ModelBytes.load(file, foreign)));
    }
  }

  /** Takes a model out of this JVM's memory, as soon as the last task has given it back. */
  static void close(byte[] bytes) {
    Models models = LOADED.remove(bytes);
    if (models != null) {
      models.close();
    }
  }

  private synchronized void close() {
    closed = true;
    idle.forEach(Predictor::close);
    idle.clear();
    if (taken == 0) {
      model.close();
    }
  }

  /** A predictor that nobody else has until it is given back. */
  public synchronized Predictor take() {
    if (closed) { // a task that was called off and has not noticed
      throw new IllegalStateException("the scoring has ended");
    }
    Predictor predictor = idle.isEmpty() ? model.predictor() : idle.poll();
    taken++;
    return predictor;
  }

  /** Takes a predictor back. */
  public synchronized void giveBack(Predictor predictor) {
    taken--;
    if (!closed) {
      idle.add(predictor);
      return;
    }
    predictor.close();
    if (taken == 0) {
      model.close();
    }
  }
}
