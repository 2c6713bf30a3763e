/** Files and folders that are there as a whole or not at all, on any file system Hadoop knows. */
package dev.braid.driver.files;
