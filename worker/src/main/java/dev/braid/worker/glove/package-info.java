/** GloVe: co-occurrence counts, and least squares over blocks of them. */
package dev.braid.worker.glove;
