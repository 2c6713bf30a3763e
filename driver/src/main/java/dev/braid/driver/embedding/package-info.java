/** One training of word vectors: from texts to a table, whatever the model. */
package dev.braid.driver.embedding;
