/** Where examples come from: formats, what is checked before reading, and how rows are encoded. */
package dev.braid.driver.source;
