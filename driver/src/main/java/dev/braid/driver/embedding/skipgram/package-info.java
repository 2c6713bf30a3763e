/** Skip-gram and CBOW in rounds of local passes over shared or partitioned rows. */
package dev.braid.driver.embedding.skipgram;
