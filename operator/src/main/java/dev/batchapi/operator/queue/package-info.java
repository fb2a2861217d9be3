/** The queue as the operator sees it: its keys, and a connection that may come and go. */
@NullMarked
package dev.batchapi.operator.queue;

import org.jspecify.annotations.NullMarked;
