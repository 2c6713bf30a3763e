/** What a JVM and its machine can do for Braid. */
package dev.braid.worker.machine;
