package dev.braid.driver.wire;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;
import java.io.UncheckedIOException;

/** Objects as bytes of Java's serialisation, whichever serialiser Spark is set to. */
public final class JavaBytes {
  private JavaBytes() {}

  /**
   * The object as bytes.
   *
   * @param what it is, for messages
   */
  public static byte[] write(Serializable object, String what) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    } catch (IOException e) {
      throw new UncheckedIOException(what + " cannot be serialised", e);
    }
    return bytes.toByteArray();
  }

  /**
   * The inverse of {@link #write}.
   *
   * @param what it is, for messages
   */
  public static <T> T read(byte[] bytes, Class<T> type, String what) {
    try (ObjectInputStream in = new ContextObjectInputStream(bytes)) {
      return type.cast(in.readObject());
    } catch (IOException e) {
      throw new UncheckedIOException(what + " cannot be read", e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(
          "%s: class %s is not on the classpath here; submit the same jars"
              .formatted(what, e.getMessage()),
          e);
    }
  }

  /** Finds classes where Spark has put the application's jars: in the task's class loader. */
  private static final class ContextObjectInputStream extends ObjectInputStream {
    ContextObjectInputStream(byte[] bytes) throws IOException {
      super(new ByteArrayInputStream(bytes));
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description)
        throws IOException, ClassNotFoundException {
      ClassLoader loader = Thread.currentThread().getContextClassLoader();
      try {
        return Class.forName(description.getName(), false, loader);
      } catch (ClassNotFoundException e) {
        return super.resolveClass(description);
      }
    }
  }
}
