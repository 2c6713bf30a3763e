package dev.braid.driver.source.row;

/**
 * A row that can be scored.
 *
 * @param input its numbers, as a model reads them
 * @param kept values of the columns that go into the output
 * @param label what is right; null where that is not known
 */
@SuppressWarnings("ArrayRecordComponent") // on its way through a task; nobody compares them
public record Item(float[] input, Object[] kept, String label) {}
