/** Counted randomness: every random number is a function of the seed and of where it is used. */
package dev.braid.worker.random;
