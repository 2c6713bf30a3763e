/** Scorings again and again, on time, in one Spark application. */
package dev.braid.jobs.schedule;
