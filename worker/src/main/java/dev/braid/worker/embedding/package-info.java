/** Word embeddings on one core: kernels, local passes, rows and how they merge; no Spark. */
package dev.braid.worker.embedding;
