/**
 * Word embeddings on the cluster: corpus, vocabulary, shards, rounds, the table of rows, queries.
 */
package dev.braid.driver.embedding;
