/** Functions of numbers: activations, and exponentials that are the same on every processor. */
package dev.braid.worker.function;
