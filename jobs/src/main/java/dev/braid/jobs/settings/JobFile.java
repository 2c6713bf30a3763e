package dev.braid.jobs.settings;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.driver.data.DataSettings;
import dev.braid.driver.evaluation.MetricSettings;
import dev.braid.driver.plan.TrainingPlan;
import dev.braid.worker.engine.NetworkEngine;
import dev.braid.worker.network.NetworkSection;
import dev.braid.worker.transfer.TransferPlan;

/**
 * A job file.
 *
 * @param data what the network learns from and is scored on
 * @param model path of a {@code model.zip} to go on from; {@code network} is left out then
 * @param network its layers, or where it is to be taken from
 * @param transfer a learned model to adapt; {@code network} and {@code model} are left out then
 * @param training how it learns
 * @param engine what computes: jvm for networks of layers, in plain Java; torch for these and for
 *     TorchScript; dl4j for DL4J's own networks; the first that can if left out
 * @param output where the results go
 * @param seed source of every random choice: the same file, data and seed give the same model, bit
 *     for bit; 0 if left out
 * @param metrics what is counted beside the metrics that every model has
 */
public record JobFile(
    @JsonProperty(required = true) DataSettings data,
    String model,
    NetworkSection network,
    TransferPlan transfer,
    TrainingPlan training,
    NetworkEngine engine,
    Output output,
    Long seed,
    MetricSettings metrics) {
  public JobFile {
    output = output == null ? SettingsFile.defaults(Output.class) : output;
    seed = seed == null ? 0 : seed;
    metrics = metrics == null ? MetricSettings.DEFAULT : metrics;
  }

  /**
   * Where the results go.
   *
   * @param folder null for {@code runs/<name of the job file>-<time>}
   * @param dl4j whether {@code model.zip} also holds DL4J's entries, so that plain DL4J opens it;
   *     null for yes where the network is DL4J's own, and no otherwise
   */
  public record Output(String folder, Boolean dl4j) {}
}
