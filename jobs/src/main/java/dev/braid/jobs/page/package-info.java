/**
 * Pages of HTML complete in themselves, and the curves they draw: of a training, a scoring, a
 * comparison, a map of words.
 */
package dev.braid.jobs.page;
