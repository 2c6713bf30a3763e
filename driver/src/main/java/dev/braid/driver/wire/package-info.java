/** States and objects as bytes between the driver and the executors. */
package dev.braid.driver.wire;
