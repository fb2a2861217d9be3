/**
 * The handler protocol, version 1: frames over a Unix socket between worker and host, and what is
 * in them. The contract is docs/protocol/handler-protocol.md.
 *
 * <p>JSON is read and written with Jackson's streaming core alone: binding would cost a host a
 * third of its start.
 */
@NullMarked
package dev.batchapi.runtime.protocol;

import org.jspecify.annotations.NullMarked;
