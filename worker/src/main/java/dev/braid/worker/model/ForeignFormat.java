package dev.braid.worker.model;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.format.StoredEntry;
import dev.braid.worker.model.ModelDescription.Provenance;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.shape.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Another program's format of models, which Braid's are written in and made of. Formats announce
 * themselves in {@code META-INF/services}: nothing outside of a format's own package names its
 * class.
 */
public interface ForeignFormat {

  /** As commands and job files call it. */
  String name();

  /**
   * Does nothing when the program has all that the network needs.
   *
   * @throws IllegalArgumentException naming the layer it lacks
   */
  void requireExpresses(Blueprint plan);

  /** Entries of a model's file by which the program opens it; none where it cannot express it. */
  Map<String, StoredEntry.Content> beside(Model model);

  /**
   * Writes a file of the program's own, and closes the stream.
   *
   * @throws IllegalArgumentException naming what the program cannot express
   */
  void write(OutputStream out, Model model) throws IOException;

  /**
   * A network and its weights out of the program's file as a model of layers, which any engine
   * runs. What belongs to a training stays behind.
   *
   * @param name of the file, for messages
   * @param bytes of the file
   * @param input shape of one example; null where the network tells
   * @param provenance what the model is to say about where it comes from
   * @throws IllegalArgumentException naming the layer that has no counterpart
   */
  Model toLayers(String name, byte[] bytes, Shape input, Provenance provenance);

  /** The format of this name, if it is here. */
  static Optional<ForeignFormat> named(String name) {
    return ServiceLoader.load(ForeignFormat.class, ForeignFormat.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .filter(format -> format.name().equals(name))
        .findFirst();
  }

  /**
   * The format of this name.
   *
   * @throws IllegalArgumentException when it is not here
   */
  static ForeignFormat required(String name) {
    return named(name)
        .orElseThrow(
            () -> new WrongSettings("format %s is not in this build of Braid".formatted(name)));
  }
}
