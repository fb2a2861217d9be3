@NullMarked
package dev.batchapi.metrics;

import org.jspecify.annotations.NullMarked;
