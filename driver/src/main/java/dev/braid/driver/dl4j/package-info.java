/** dl4j-spark's door: its TrainingMaster on Braid's rounds. */
package dev.braid.driver.dl4j;
