/**
 * The results of many small runs as one text file, to tell whether a change of the code changes
 * any.
 */
package dev.braid.jobs.golden;
