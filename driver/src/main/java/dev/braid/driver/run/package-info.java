/**
 * What every run has: Spark jobs with a deadline and a name, a stop that saves, a pool of replicas.
 */
package dev.braid.driver.run;
