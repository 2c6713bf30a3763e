package dev.braid.driver.inference;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.driver.inference.output.OutputSettings;
import dev.braid.driver.source.Source;
import dev.braid.worker.engine.NetworkEngine;
import dev.braid.worker.inference.ForeignSettings;
import dev.braid.worker.inference.LoadingPlan;
import java.util.List;

/**
 * A job file of {@code braid infer}.
 *
 * @param model a {@code model.zip}, the folder of the run that trained it, a DL4J zip or an ONNX
 *     file
 * @param foreign what files of others do not say of themselves
 * @param engine what computes the answers, jvm or torch for networks of layers; jvm for these if
 *     left out, and what the model needs for others
 * @param input what is scored
 * @param keep columns of the input that go into the output; none if left out
 * @param output where the predictions go
 * @param batchSize rows the model is asked at once; measured if left out
 * @param incremental whether only files not scored yet are read; false if left out
 * @param filesPerBatch files that are put in place together when incremental; 100 if left out
 * @param maxQuarantinedShare more broken rows than this share stop the run; 1 if left out: none do
 */
public record InferenceSettings(
    @JsonProperty(required = true) String model,
    ForeignSettings foreign,
    NetworkEngine engine,
    @JsonProperty(required = true) Source input,
    List<String> keep,
    OutputSettings output,
    Integer batchSize,
    Boolean incremental,
    Integer filesPerBatch,
    Double maxQuarantinedShare) {
  public InferenceSettings {
    foreign = foreign == null ? ForeignSettings.NONE : foreign;
    keep = keep == null ? List.of() : List.copyOf(keep);
    output = output == null ? OutputSettings.of(null) : output;
    incremental = incremental != null && incremental;
    filesPerBatch = filesPerBatch == null ? 100 : filesPerBatch;
    maxQuarantinedShare = maxQuarantinedShare == null ? 1 : maxQuarantinedShare;
    require(batchSize == null || batchSize > 0, "batchSize must be at least 1, got %s", batchSize);
    require(filesPerBatch > 0, "filesPerBatch must be at least 1, got %d", filesPerBatch);
    require(
        maxQuarantinedShare >= 0 && maxQuarantinedShare <= 1,
        "maxQuarantinedShare must be from 0 to 1, got %s",
        maxQuarantinedShare);
  }

  /** On the engine that comes first. */
  public InferenceSettings(
      String model,
      ForeignSettings foreign,
      Source input,
      List<String> keep,
      OutputSettings output,
      Integer batchSize,
      Boolean incremental,
      Integer filesPerBatch,
      Double maxQuarantinedShare) {
    this(
        model,
        foreign,
        null,
        input,
        keep,
        output,
        batchSize,
        incremental,
        filesPerBatch,
        maxQuarantinedShare);
  }

  /** How the model is loaded. */
  LoadingPlan loading() {
    return new LoadingPlan(foreign, engine == null ? null : engine.name());
  }
}
