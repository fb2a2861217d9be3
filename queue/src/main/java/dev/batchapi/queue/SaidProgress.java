package dev.batchapi.queue;

import java.time.Instant;

/**
 * What a splitter or a collector has said last of how far it is. Whoever has its credentials can
 * say it.
 *
 * @param body as it was said
 * @param at when, by the queue's clock
 */
public record SaidProgress(byte[] body, Instant at) {}
