/** A run on the terminal and its folder of results: progress, summary, rows left out. */
package dev.braid.jobs.report;
