/** Examples to learn from: what is known of their inputs and labels, and their bytes. */
package dev.braid.driver.source.example;
