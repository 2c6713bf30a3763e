package dev.braid.worker.dl4j;

import dev.braid.worker.dl4j.network.Dl4jArchitecture;
import dev.braid.worker.dl4j.network.Dl4jEntries;
import dev.braid.worker.dl4j.zoo.Zoo;
import dev.braid.worker.network.Guest;
import dev.braid.worker.state.Blocks;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;

/** DL4J's networks: of its files, its zoo, and in Braid's model files. */
public final class Dl4jGuest implements Guest {
  @Override
  public List<Class<?>> described() {
    return List.of(Dl4jSection.class, Zoo.class, Dl4jArchitecture.class);
  }

  @Override
  public Set<String> entries() {
    return Dl4jEntries.NAMES;
  }

  @Override
  public List<Blocks> memory(String entry, InputStream in) throws IOException {
    return Dl4jEntries.isMemory(entry) ? Dl4jEntries.readMemory(in) : List.of();
  }
}
