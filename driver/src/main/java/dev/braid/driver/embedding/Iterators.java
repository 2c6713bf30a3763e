package dev.braid.driver.embedding;

import java.util.Iterator;
import java.util.function.Function;

/** Iterators over partitions too large to be lists. */
final class Iterators {
  private Iterators() {}

  /** Each element changed by {@code function} when it is asked for. */
  static <A, B> Iterator<B> map(Iterator<A> elements, Function<A, B> function) {
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
