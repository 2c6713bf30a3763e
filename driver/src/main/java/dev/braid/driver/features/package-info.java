/** Outputs of the layers that never learn, computed once and stored. */
package dev.braid.driver.features;
