/** Looks at a cluster before a run: is it sound, and what will the run cost on it. */
package dev.braid.jobs.cluster;
