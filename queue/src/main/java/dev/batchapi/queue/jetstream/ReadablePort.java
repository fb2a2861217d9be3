package dev.batchapi.queue.jetstream;

import io.nats.client.impl.SocketDataPortWithWriteTimeout;
import java.io.IOException;

/** The way from the server to jnats, which makes it by its name, one for each connection. */
public final class ReadablePort extends SocketDataPortWithWriteTimeout {
  private final ReadableHeaders headers = new ReadableHeaders(super::read);

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    return headers.read(into, offset, length);
  }
}
