/** Settings of one training, section {@code training} of a job file, and the rules in them. */
package dev.braid.driver.plan;
