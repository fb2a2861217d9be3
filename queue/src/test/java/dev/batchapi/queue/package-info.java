@NullMarked
package dev.batchapi.queue;

import org.jspecify.annotations.NullMarked;
