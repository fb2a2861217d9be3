/** The metrics client beside other StatsD clients, in one run. */
package dev.batchapi.metrics.bench;
