/** Spark ML's door: networks as Estimators and Models for Pipelines. */
package dev.braid.driver.ml;
