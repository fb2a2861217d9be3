/**
 * The cluster that kubectl's configuration names. Its client is on the class path only for the
 * commands that need it: bin/batchapi.
 */
@NullMarked
package dev.batchapi.cli.cluster;

import org.jspecify.annotations.NullMarked;
