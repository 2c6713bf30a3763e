package dev.braid.driver.table;

import java.io.Serializable;
import java.util.Collection;
import java.util.HashSet;
import scala.runtime.AbstractFunction1;

/** Whether a partition is one of those a round works on. */
public final class ChosenPartitions extends AbstractFunction1<Object, Object>
    implements Serializable {
  private static final long serialVersionUID = 1;

  private final HashSet<Integer> partitions;

  public ChosenPartitions(Collection<Integer> partitions) {
    this.partitions = new HashSet<>(partitions);
  }

  @Override
  public Object apply(Object partition) {
    return partitions.contains(partition);
  }
}
