/** How good a model's answers are: counts that merge exactly, and the metrics made of them. */
package dev.braid.worker.metric;
