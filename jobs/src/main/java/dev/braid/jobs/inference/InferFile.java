package dev.braid.jobs.inference;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.driver.inference.InferenceRun;
import dev.braid.driver.inference.output.OutputSettings;
import dev.braid.driver.source.Source;
import dev.braid.jobs.settings.SettingsFile;
import dev.braid.worker.inference.ForeignSettings;
import java.util.List;

/**
 * A job file of {@code braid infer}.
 *
 * @param model a {@code model.zip}, the folder of the run that trained it, a DL4J zip or an ONNX
 *     file
 * @param foreign what files of others do not say of themselves
 * @param input what is scored
 * @param keep columns of the input that go into the output; none if left out
 * @param output where the predictions go
 * @param batchSize rows the model is asked at once; measured if left out
 * @param incremental whether only files not scored yet are read; false if left out
 * @param filesPerBatch files that are put in place together when incremental; 100 if left out
 * @param maxQuarantinedShare more broken rows than this share stop the run; 1 if left out: none do
 */
public record InferFile(
    @JsonProperty(required = true) String model,
    ForeignSettings foreign,
    @JsonProperty(required = true) Source input,
    List<String> keep,
    OutputSettings output,
    Integer batchSize,
    Boolean incremental,
    Integer filesPerBatch,
    Double maxQuarantinedShare) {
  public InferFile {
    foreign = foreign == null ? ForeignSettings.NONE : foreign;
    keep = keep == null ? List.of() : List.copyOf(keep);
    output = output == null ? SettingsFile.defaults(OutputSettings.class) : output;
    incremental = incremental != null && incremental;
    filesPerBatch = filesPerBatch == null ? 100 : filesPerBatch;
    maxQuarantinedShare = maxQuarantinedShare == null ? 1 : maxQuarantinedShare;
  }

  /** The run in words the driver knows. */
  InferenceRun.Settings settings(String folder) {
    return new InferenceRun.Settings(
        model,
        foreign,
        input,
        keep,
        output.in(folder),
        batchSize,
        incremental,
        filesPerBatch,
        maxQuarantinedShare);
  }
}
