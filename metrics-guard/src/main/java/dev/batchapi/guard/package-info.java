/**
 * The program before statsd_exporter: takes StatsD by UDP from anybody, lets lines pass that can't
 * harm the exporter or use it up, and counts the others by reason. Read {@link
 * dev.batchapi.guard.Guard} first: socket → {@link dev.batchapi.guard.Line} (what a line may be) →
 * {@link dev.batchapi.guard.SeriesTable} (how many there may be) → {@link
 * dev.batchapi.guard.Outgoing} → exporter.
 */
@NullMarked
package dev.batchapi.guard;

import org.jspecify.annotations.NullMarked;
