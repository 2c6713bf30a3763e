/** The seam between the driver and what computes: one network on one core. */
package dev.braid.worker.engine;
