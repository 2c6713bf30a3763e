/** How the values of a table's columns become the numbers that a network reads. */
package dev.braid.worker.encoding;
