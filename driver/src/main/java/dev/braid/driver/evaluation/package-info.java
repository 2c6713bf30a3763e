/** Scores of a model on labelled examples: its loss, its metrics and its surest mistakes. */
package dev.braid.driver.evaluation;
