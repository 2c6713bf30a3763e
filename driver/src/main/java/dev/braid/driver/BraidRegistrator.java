package dev.braid.driver;

import com.esotericsoftware.kryo.Kryo;
import dev.braid.worker.data.Column;
import dev.braid.worker.data.Shard;
import org.apache.spark.serializer.KryoRegistrator;

/**
 * Names to Kryo what Braid sends between machines, so that {@code spark.kryo.registrationRequired}
 * may be on: set {@code spark.kryo.registrator} to this class.
 */
public final class BraidRegistrator implements KryoRegistrator {
  @Override
  public void registerClasses(Kryo kryo) {
    kryo.register(byte[][].class);
    kryo.register(float[][].class);
    kryo.register(Shard.class);
    kryo.register(Column.class);
    kryo.register(Column[].class);
  }
}
