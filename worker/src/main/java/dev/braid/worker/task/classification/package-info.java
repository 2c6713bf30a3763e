/** One class of several: for an example, for each of its time steps or for each of its pixels. */
package dev.braid.worker.task.classification;
