package dev.braid.driver.plan;

import static dev.braid.worker.Check.require;

import dev.braid.driver.wire.WireFormat;

/**
 * How the workers' states become one: section {@code training.averaging} of a job file.
 *
 * @param outerStep what is done with the mean; taken as it is if left out
 * @param optimizerState what becomes of the optimizer's memory; averaged if left out
 * @param exchange who averages; chosen by size if left out
 * @param sliceAboveMegabytes size of a state above which the executors average; 64 if left out
 * @param transfer how numbers cross the wire; whole if left out
 */
public record Averaging(
    OuterStep outerStep,
    OptimizerState optimizerState,
    Route exchange,
    Integer sliceAboveMegabytes,
    WireFormat transfer) {
  /** Plain averaging of everything. */
  public static final Averaging DEFAULT =
      new Averaging(
          new OuterStep.Mean(), OptimizerState.AVERAGED, Route.AUTO, 64, WireFormat.FLOAT32);

  public Averaging {
    outerStep = outerStep == null ? DEFAULT.outerStep : outerStep;
    optimizerState = optimizerState == null ? DEFAULT.optimizerState : optimizerState;
    exchange = exchange == null ? DEFAULT.exchange : exchange;
    sliceAboveMegabytes =
        sliceAboveMegabytes == null ? DEFAULT.sliceAboveMegabytes : sliceAboveMegabytes;
    transfer = transfer == null ? DEFAULT.transfer : transfer;
    require(
        sliceAboveMegabytes >= 0,
        "averaging.sliceAboveMegabytes must not be negative, got %d",
        sliceAboveMegabytes);
    boolean kept = optimizerState == OptimizerState.KEPT;
    require(
        !kept || exchange != Route.SLICED,
        "averaging.optimizerState: kept needs the driver to hold each worker's; "
            + "set averaging.exchange to direct, or optimizerState to averaged or reset");
    require(
        !kept || transfer == WireFormat.FLOAT32,
        "averaging.optimizerState: kept cannot go with averaging.transfer: bfloat16; "
            + "set optimizerState to averaged or reset");
  }

  /** Whether the executors average states of this size. */
  public boolean isSliced(long stateBytes) {
    if (exchange != Route.AUTO) {
      return exchange == Route.SLICED;
    }
    return optimizerState != OptimizerState.KEPT && stateBytes > sliceAboveMegabytes * 1_000_000L;
  }
}
