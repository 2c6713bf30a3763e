/** GloVe over blocks of the co-occurrence matrix. */
package dev.braid.driver.embedding.glove;
