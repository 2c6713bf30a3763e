/** The architectures of DL4J's zoo, by name. */
package dev.braid.worker.dl4j.zoo;
