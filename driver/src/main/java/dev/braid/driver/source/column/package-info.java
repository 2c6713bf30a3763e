/** The columns of a table: how settings name them, what they hold, what they are used for. */
package dev.braid.driver.source.column;
