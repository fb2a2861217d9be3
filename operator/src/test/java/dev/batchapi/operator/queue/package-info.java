@NullMarked
package dev.batchapi.operator.queue;

import org.jspecify.annotations.NullMarked;
