/** The search for sequences that a network would write: greedy, by sampling, or by beams. */
package dev.braid.worker.generation;
