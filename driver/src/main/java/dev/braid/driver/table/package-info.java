/** Partitioned tables of blocks of bytes: their order, their digest, some of their partitions. */
package dev.braid.driver.table;
