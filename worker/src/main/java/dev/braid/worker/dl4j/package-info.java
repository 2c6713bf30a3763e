/** The DL4J engine: DL4J's networks, on the CPU's best natives, as replicas. */
package dev.braid.worker.dl4j;
