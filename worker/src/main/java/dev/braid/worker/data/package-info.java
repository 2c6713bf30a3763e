/** Examples as a worker holds them: columns, shards, mini-batches and their normalisation. */
package dev.braid.worker.data;
