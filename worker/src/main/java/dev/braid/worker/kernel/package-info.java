/**
 * The arithmetic of local passes, each kernel twice: a plain loop that says what it means, and one
 * on the JDK's Vector API that is equal to it bit for bit. That takes a stated order of operations,
 * the same for any width of vectors:
 *
 * <ul>
 *   <li>products add over their inner dimension in ascending order, each term by a fused
 *       multiply-add to one accumulator per result: lanes run over results;
 *   <li>sums that run over a vector use 16 accumulators, number i going to accumulator i mod 16,
 *       and end in a fixed tree: 8 to 8, 4 to 4, 2 to 2, 1 to 1;
 *   <li>exponentials and what is made of them are polynomials of our own with fused multiply-add;
 *   <li>no result depends on threads, alignment or what is left over at the end of a vector.
 * </ul>
 */
package dev.braid.worker.kernel;
