/** Questions to word vectors: neighbours, analogies, agreement with people. */
package dev.braid.driver.embedding.queries;
