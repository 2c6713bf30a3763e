/** TrainingMaster of dl4j-spark on rounds of local fits and averaging. */
package dev.braid.driver.dl4j;
