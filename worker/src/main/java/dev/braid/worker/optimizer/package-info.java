/** How a gradient changes the parameters: optimizers, schedules, regularisation and clipping. */
package dev.braid.worker.optimizer;
