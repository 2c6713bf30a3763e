/** Finished models that answer: loaded once in a JVM, asked by many threads. */
package dev.braid.worker.inference;
