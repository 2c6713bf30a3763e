package dev.braid.worker.network;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.worker.state.Blocks;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A kind of network that is not made of Braid's layers, as another project's. Guests announce
 * themselves in {@code META-INF/services}: nothing outside of a guest's own package names it.
 */
public interface Guest {

  /** The {@link NetworkSection}s and {@link Architecture}s that are told by their keys. */
  List<Class<?>> described();

  /** Names of the entries that a model file may have for this guest, after Braid's own. */
  default Set<String> entries() {
    return Set.of();
  }

  /** What the network's own optimizer remembers, where this entry holds it; else empty. */
  default List<Blocks> memory(String entry, InputStream in) throws IOException {
    return List.of();
  }

  /** All guests that are here. */
  static Stream<Guest> all() {
    return ServiceLoader.load(Guest.class, Guest.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get);
  }

  /** Teaches a mapper to read the sections and architectures of all guests. */
  static <M extends ObjectMapper> M register(M mapper) {
    all().forEach(guest -> mapper.registerSubtypes(guest.described()));
    return mapper;
  }
}
