package dev.braid.driver.table;

import java.util.Iterator;
import java.util.function.Function;

/** Iterators over partitions too large to be lists. */
public final class Iterators {
  private Iterators() {}

  /** Each element changed by {@code function} when it is asked for. */
  public static <A, B> Iterator<B> map(Iterator<A> elements, Function<A, B> function) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return elements.hasNext();
      }

      @Override
      public B next() {
        return function.apply(elements.next());
      }
    };
  }
}
