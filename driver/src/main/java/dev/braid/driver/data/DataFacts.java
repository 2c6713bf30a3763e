package dev.braid.driver.data;

import dev.braid.driver.source.example.SourceFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of the data of a run before Spark reads them.
 *
 * @param train the source that the training part comes from
 * @param given the sources of the parts that have one of their own, in the order of the parts
 * @param numTrain examples to learn from, those kept aside not counted; empty when unknown
 * @param needs what the network says of them
 */
public record DataFacts(
    SourceFacts train, Map<Part, SourceFacts> given, OptionalLong numTrain, NetworkNeeds needs) {

  /** Of a part that has a source of its own. */
  public Optional<SourceFacts> of(Part part) {
    return Optional.ofNullable(given.get(part));
  }

  /** What is to be said of all sources before they are read. */
  public List<String> remarks() {
    List<String> remarks = new ArrayList<>(train.remarks());
    given.forEach(
        (part, facts) ->
            facts.remarks().forEach(remark -> remarks.add(part.word() + " " + remark)));
    return remarks;
  }
}
