package dev.braid.driver.inference;

import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.inference.OnnxSettings;
import java.io.Serializable;

/**
 * What every task of a scoring knows.
 *
 * @param facts of the model
 * @param onnx what an ONNX file does not say of itself
 * @param input the columns
 * @param probabilities which go into the output
 * @param asText whether lists are written as JSON, as CSV has no lists
 * @param batchSize rows the model is asked at once
 */
record ScoringSpec(
    ModelFacts facts,
    OnnxSettings onnx,
    InputPlan input,
    Probabilities probabilities,
    boolean asText,
    int batchSize)
    implements Serializable {}
