package dev.batchapi.queue.jetstream;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How to reach the NATS server.
 *
 * @param servers one URL or more, separated by commas: {@code nats://nats.batchapi-system:4222}
 * @param credentials a credentials file, read again at every connect; null: without
 * @param name what the server's monitoring shows for this connection
 */
public record NatsAccess(String servers, @Nullable Path credentials, String name) {}
