package dev.braid.driver.source.row;

/**
 * A row that can be scored.
 *
 * @param inputs per input of the model its numbers, as the model reads them but for the normaliser
 * @param labels per output the values of the columns that hold what is right; none where that is
 *     not known
 * @param kept values of the columns that go into the output
 */
@SuppressWarnings("ArrayRecordComponent") // on its way through a task; nobody compares them
public record Item(float[][] inputs, Object[][] labels, Object[] kept) {}
