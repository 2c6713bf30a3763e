package dev.braid.driver.inference;

import dev.braid.driver.inference.output.Probabilities;
import dev.braid.driver.source.column.InputPlan;
import dev.braid.worker.inference.LoadingPlan;
import dev.braid.worker.inference.ModelFacts;
import java.io.Serializable;

/**
 * What every task of a scoring knows.
 *
 * @param facts of the model
 * @param loading how it is loaded
 * @param input the columns
 * @param probabilities which go into the output
 * @param asText whether lists are written as JSON, as CSV has no lists
 * @param batchSize rows the model is asked at once
 */
record ScoringSpec(
    ModelFacts facts,
    LoadingPlan loading,
    InputPlan input,
    Probabilities probabilities,
    boolean asText,
    int batchSize)
    implements Serializable {}
