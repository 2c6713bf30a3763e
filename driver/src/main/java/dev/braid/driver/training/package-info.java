/** The training loop: rounds and epochs, what follows from them, and what it leaves. */
package dev.braid.driver.training;
