/** Learned tensors of a layer: their shapes, first values and penalties. */
package dev.braid.worker.parameter;
