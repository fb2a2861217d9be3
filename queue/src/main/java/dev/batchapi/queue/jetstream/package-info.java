/**
 * Queue and ledger on NATS JetStream: streams WORK, OUT and TRY. Subjects, records, limits and what
 * happens when somebody dies are in docs/protocol/queue-and-ledger.md.
 */
@NullMarked
package dev.batchapi.queue.jetstream;

import org.jspecify.annotations.NullMarked;
