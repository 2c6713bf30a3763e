/** Where examples come from, what is checked before they are read, and how they become shards. */
package dev.braid.driver.data;
