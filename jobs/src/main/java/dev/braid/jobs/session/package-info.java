/** What all commands share: options and the SparkSession they run in. */
package dev.braid.jobs.session;
