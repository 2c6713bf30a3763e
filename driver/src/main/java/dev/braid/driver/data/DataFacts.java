package dev.braid.driver.data;

import dev.braid.driver.source.SourceFacts;
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
    NetworkNeeds needs) {}
