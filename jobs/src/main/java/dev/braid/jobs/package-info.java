/** What a person runs: the command line and the commands that train, describe and convert. */
package dev.braid.jobs;
