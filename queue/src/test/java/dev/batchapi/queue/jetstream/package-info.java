@NullMarked
package dev.batchapi.queue.jetstream;

import org.jspecify.annotations.NullMarked;
