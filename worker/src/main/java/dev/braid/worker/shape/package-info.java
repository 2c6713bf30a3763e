/** Shapes of what flows between layers: sizes, what a layer reads, how a window slides over it. */
package dev.braid.worker.shape;
