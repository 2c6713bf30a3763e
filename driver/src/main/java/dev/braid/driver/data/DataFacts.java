package dev.braid.driver.data;

import dev.braid.driver.source.example.SourceFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of the data of a run before Spark reads them.
 *
 * @param train the training source
 * @param validation the validation source, where it is one of its own
 * @param test the test source
 * @param numTrain examples to learn from, those kept aside not counted; empty when unknown
 * @param needs what the network says of them
 */
public record DataFacts(
    SourceFacts train,
    Optional<SourceFacts> validation,
    Optional<SourceFacts> test,
    OptionalLong numTrain,
    NetworkNeeds needs) {

  /** What is to be said of all sources before they are read. */
  public List<String> remarks() {
    List<String> remarks = new ArrayList<>(train.remarks());
    validation.ifPresent(
        facts -> facts.remarks().forEach(remark -> remarks.add("validation " + remark)));
    test.ifPresent(facts -> facts.remarks().forEach(remark -> remarks.add("test " + remark)));
    return remarks;
  }
}
