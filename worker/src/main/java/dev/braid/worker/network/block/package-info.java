/** Blocks: parts of a network that are written once and used many times. */
package dev.braid.worker.network.block;
