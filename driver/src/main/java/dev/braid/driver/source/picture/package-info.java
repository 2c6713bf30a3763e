/** Pictures in folders and archives, or in IDX files. */
package dev.braid.driver.source.picture;
