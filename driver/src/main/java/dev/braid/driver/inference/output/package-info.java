/** What a scoring leaves: predictions in files, rows set apart, and their counts. */
package dev.braid.driver.inference.output;
