package dev.braid.worker.task.tagging;

import static dev.braid.worker.Check.require;

import dev.braid.worker.metric.Averages;
import dev.braid.worker.metric.Hits;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How often entities of each type were found, taken for another type, missed and wrongly seen. An
 * entity is found when one of the same type, first and last word is marked: what seqeval counts.
 */
final class EntityCounts {
  private final List<String> types;
  private final long[] confusion;

  /**
   * @param types all that can occur
   */
  EntityCounts(List<String> types) {
    this.types = List.copyOf(types);
    this.confusion = new long[(types.size() + 1) * (types.size() + 1)];
  }

  List<String> types() {
    return types;
  }

  /** The entities of one sentence: those that are there and those that were marked. */
  void add(List<Entity> actual, List<Entity> marked) {
    for (Entity entity : actual) {
      confusion[index(typeOf(entity), typeAt(entity, marked))]++;
    }
    for (Entity entity : marked) {
      if (typeAt(entity, actual) == none()) {
        confusion[index(none(), typeOf(entity))]++;
      }
    }
  }

  /** The type of the entity among {@code others} of the same words, or {@link #none}. */
  private int typeAt(Entity entity, List<Entity> others) {
    for (Entity other : others) {
      if (other.from() == entity.from() && other.to() == entity.to()) {
        return typeOf(other);
      }
    }
    return none();
  }

  private int typeOf(Entity entity) {
    int type = types.indexOf(entity.type());
    require(type >= 0, "entity type '%s' is none of %s", entity.type(), types);
    return type;
  }

  /** The place behind the types, of words that are no entity. */
  int none() {
    return types.size();
  }

  private int index(int actual, int marked) {
    return actual * (types.size() + 1) + marked;
  }

  /** How many entities of one type had their exact words marked as another; see {@link #none}. */
  long count(int actual, int marked) {
    return confusion[index(actual, marked)];
  }

  /** How often entities of a type were found, wrongly seen and missed. */
  Hits hits(int type) {
    long found = count(type, type);
    long marked = IntStream.rangeClosed(0, none()).mapToLong(actual -> count(actual, type)).sum();
    long there = IntStream.rangeClosed(0, none()).mapToLong(other -> count(type, other)).sum();
    return new Hits(found, marked - found, there - found);
  }

  /** Precision, recall and F1 over all entities, whatever their type. */
  Averages micro() {
    return Averages.micro(IntStream.range(0, types.size()).mapToObj(this::hits).toList());
  }

  /** Entities that are there or were marked. */
  long numEntities() {
    return IntStream.range(0, confusion.length).mapToLong(i -> confusion[i]).sum();
  }

  void merge(EntityCounts other) {
    require(types.equals(other.types), "cannot merge entities of %s and %s", types, other.types);
    for (int i = 0; i < confusion.length; i++) {
      confusion[i] += other.confusion[i];
    }
  }

  /** All counts, row by row: what is there, then what was marked; kept, not copied. */
  long[] counts() {
    return confusion;
  }
}
