/** Training by rounds: send the state, train locally, average; and evaluation. */
package dev.braid.driver.training;
