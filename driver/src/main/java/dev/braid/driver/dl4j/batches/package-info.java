/** Mini-batches of DL4J as a worker keeps them: dealt out of an RDD, as bytes or as rows. */
package dev.braid.driver.dl4j.batches;
