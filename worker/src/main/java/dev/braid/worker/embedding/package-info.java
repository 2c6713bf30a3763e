/** Rows of word vectors on one core: how they begin, travel and merge; no Spark. */
package dev.braid.worker.embedding;
