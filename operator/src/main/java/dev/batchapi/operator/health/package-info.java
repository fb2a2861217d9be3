/** What probes and Prometheus ask. */
@NullMarked
package dev.batchapi.operator.health;

import org.jspecify.annotations.NullMarked;
