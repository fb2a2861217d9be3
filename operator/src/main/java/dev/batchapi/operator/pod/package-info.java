/**
 * What a worker's Job, its pod and the objects that it mounts look like. Pure: no client, no clock.
 */
@NullMarked
package dev.batchapi.operator.pod;

import org.jspecify.annotations.NullMarked;
