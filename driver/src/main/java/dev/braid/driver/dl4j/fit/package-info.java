/** A worker that fits mini-batches: by DL4J or by libtorch, with hooks, listeners and times. */
package dev.braid.driver.dl4j.fit;
