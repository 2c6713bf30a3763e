package dev.braid.driver.training;

import dev.braid.driver.data.Shards;
import dev.braid.driver.evaluation.Validation;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.util.Optional;

/**
 * What is learned from, and what learning begins with.
 *
 * @param shards the training examples; as many shards as workers, or a multiple
 * @param validation the examples scored after each epoch, if any
 * @param layout of the states
 * @param initial the state the first round begins with; given over to the training, which works in
 *     it: a large model has no room for two
 * @param spec what the workers know; its source must build replicas of this layout
 */
public record LearningTask(
    Shards shards,
    Optional<Validation> validation,
    StateLayout layout,
    State initial,
    RunSpec spec) {}
