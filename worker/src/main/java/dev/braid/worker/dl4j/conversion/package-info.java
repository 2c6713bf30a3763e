/**
 * Conversion between DL4J's networks and Braid's layers: layers, weights, updaters, mini-batches.
 */
package dev.braid.worker.dl4j.conversion;
