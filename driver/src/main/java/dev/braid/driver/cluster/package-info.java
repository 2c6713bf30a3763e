/** What executors there are, and what a run will cost on them. */
package dev.braid.driver.cluster;
