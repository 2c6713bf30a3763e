/** Keras's HDF5 files: configurations become layers, weights take Braid's order. */
package dev.braid.worker.keras;
