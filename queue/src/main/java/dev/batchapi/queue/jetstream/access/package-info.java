/**
 * Who may do what on the NATS server: accounts for each namespace, credentials for each job, and
 * what they permit. Each permission is in docs/security.md, and tried by WorkerPermissionsIT,
 * SplitterPermissionsIT and CollectorPermissionsIT.
 */
@NullMarked
package dev.batchapi.queue.jetstream.access;

import org.jspecify.annotations.NullMarked;
