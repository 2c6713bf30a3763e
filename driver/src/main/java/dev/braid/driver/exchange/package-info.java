/** How states travel between driver and workers, and how many become one. */
package dev.braid.driver.exchange;
