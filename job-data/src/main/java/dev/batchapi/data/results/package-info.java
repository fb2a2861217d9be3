/**
 * What a job's outcomes become: lines of JSON, the same on a laptop and in a cluster; the files
 * that they stand in, and the manifest of those.
 */
@NullMarked
package dev.batchapi.data.results;

import org.jspecify.annotations.NullMarked;
