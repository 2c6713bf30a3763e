/** The data of a run: settings, checks before it starts, shards and normalisation. */
package dev.braid.driver.data;
