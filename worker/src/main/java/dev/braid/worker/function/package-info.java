/** Functions without parameters: activations, and losses with what they expect of labels. */
package dev.braid.worker.function;
