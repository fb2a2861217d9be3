@NullMarked
package dev.batchapi.queue.memory;

import org.jspecify.annotations.NullMarked;
