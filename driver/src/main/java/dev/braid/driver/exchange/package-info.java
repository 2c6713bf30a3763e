/** One round: the state goes out, each worker makes its local pass, one mean comes back. */
package dev.braid.driver.exchange;
