/** The formats of files that a network learns from, is evaluated on, or is applied to. */
package dev.braid.driver.source;
