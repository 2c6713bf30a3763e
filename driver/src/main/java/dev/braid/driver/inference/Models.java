package dev.braid.driver.inference;

import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.ModelBytes;
import dev.braid.worker.inference.OnnxSettings;
import dev.braid.worker.inference.Predictor;
import java.util.Collections;
import java.util.Map;
import java.util.Queue;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The model of one scoring on an executor: loaded once, asked by all its tasks. Found by the very
 * array its broadcast bytes arrived in, and forgotten with it.
 */
final class Models {
  private static final Map<byte[], Models> LOADED =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final LoadedModel model;
  private final Queue<Predictor> idle = new ConcurrentLinkedQueue<>();

  private Models(LoadedModel model) {
    this.model = model;
  }

  /** The model these bytes are. */
  static Models of(byte[] bytes, OnnxSettings onnx) {
    synchronized (LOADED) {
      return LOADED.computeIfAbsent(bytes, file -> new Models(ModelBytes.load(file, onnx)));
    }
  }

  /** Takes a model out of this JVM's memory, after the last task. */
  static void close(byte[] bytes) {
    Models models = LOADED.remove(bytes);
    if (models != null) {
      for (Predictor one = models.idle.poll(); one != null; one = models.idle.poll()) {
        one.close();
      }
      models.model.close();
    }
  }

  LoadedModel model() {
    return model;
  }

  /** A predictor that nobody else has until it is given back. */
  Predictor take() {
    Predictor predictor = idle.poll();
    return predictor == null ? model.predictor() : predictor;
  }

  void giveBack(Predictor predictor) {
    idle.add(predictor);
  }
}
