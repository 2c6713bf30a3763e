/** Optimizers: pure functions from gradients and slots to new parameters. */
package dev.braid.worker.optimizer;
