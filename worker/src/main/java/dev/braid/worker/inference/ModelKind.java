package dev.braid.worker.inference;

import dev.braid.worker.model.Model;
import dev.braid.worker.network.Blueprint;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * A kind of model that can be applied. Kinds announce themselves in {@code META-INF/services}, in
 * the order in which they are asked whether a file is theirs.
 */
public interface ModelKind {

  /** Name of the engine that computes the answers; null where a program of another does. */
  default String engine() {
    return null;
  }

  /**
   * Whether a file is in a format of this kind's own.
   *
   * @param file all its bytes
   */
  default boolean reads(byte[] file) {
    return false;
  }

  /**
   * Loads a file that is in this kind's own format.
   *
   * @throws IllegalArgumentException if it is damaged, or holds what cannot be applied
   */
  default LoadedModel read(byte[] file, LoadingPlan how) {
    throw new IllegalStateException("this kind of model has no files of its own");
  }

  /** A model of Braid's model file; empty where its network is of another kind. */
  default Optional<LoadedModel> load(Model model, Blueprint plan) {
    return Optional.empty();
  }

  /** All kinds that are here. */
  static List<ModelKind> all() {
    return ServiceLoader.load(ModelKind.class, ModelKind.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }
}
