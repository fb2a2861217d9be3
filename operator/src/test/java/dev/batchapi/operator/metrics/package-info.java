@NullMarked
package dev.batchapi.operator.metrics;

import org.jspecify.annotations.NullMarked;
