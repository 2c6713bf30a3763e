/** What a person runs: the command line, one class per job, and the making of a SparkSession. */
package dev.braid.jobs;
