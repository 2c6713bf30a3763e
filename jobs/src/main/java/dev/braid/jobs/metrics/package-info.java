/** {@code metrics.jsonl} of a run: written while it goes on, and read again as its course. */
package dev.braid.jobs.metrics;
