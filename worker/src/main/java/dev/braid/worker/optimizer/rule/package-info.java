/**
 * The rule of a whole update: schedule of the learning rate, regularisation, clipping, optimizer.
 */
package dev.braid.worker.optimizer.rule;
