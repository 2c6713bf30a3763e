package dev.braid.driver.exchange;

import dev.braid.driver.data.Shards;
import dev.braid.driver.plan.Averaging;
import dev.braid.driver.run.ReplicaPool;
import dev.braid.driver.run.RunJobs;
import dev.braid.worker.state.StateLayout;
import org.apache.spark.broadcast.Broadcast;

/**
 * What the exchanges of one run work with.
 *
 * @param jobs of the run
 * @param shards of the training examples
 * @param layout of the states
 * @param spec what {@link ReplicaPool#begin} has sent
 * @param averaging how the workers' states become one
 */
public record ExchangeSetup(
    RunJobs jobs, Shards shards, StateLayout layout, Broadcast<byte[]> spec, Averaging averaging) {}
