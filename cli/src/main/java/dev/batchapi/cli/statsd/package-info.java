/** A StatsD server for the laptop: keeps every metric that arrived, to be shown after a run. */
@NullMarked
package dev.batchapi.cli.statsd;

import org.jspecify.annotations.NullMarked;
