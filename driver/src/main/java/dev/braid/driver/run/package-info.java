/** What every run has: Spark jobs with a deadline and a name, a stop that saves, checkpoints. */
package dev.braid.driver.run;
