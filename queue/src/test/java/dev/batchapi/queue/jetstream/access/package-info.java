@NullMarked
package dev.batchapi.queue.jetstream.access;

import org.jspecify.annotations.NullMarked;
