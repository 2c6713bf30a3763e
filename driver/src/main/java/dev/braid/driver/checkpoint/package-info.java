/** What a run leaves on disk while it goes on, so that it can go on after any end. */
package dev.braid.driver.checkpoint;
