package dev.batchapi.queue.jetstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.nats.client.impl.SocketDataPort;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * Sends what jnats does not: a status in front of the headers, as only a server has it, and headers
 * that can't be read.
 */
public final class ForgingPort extends SocketDataPort {
  /** The name of a header that becomes a line without a colon. */
  static final String UNREADABLE = "X-Unreadable";

  private static final Pattern HEADERS =
      Pattern.compile("NATS/1\\.0\r\n((?:[^\r]+\r\n)*?)X-Line: ?([^\r]+)\r\n");

  @Override
  public void write(byte[] bytes, int count) throws IOException {
    var sent = new String(bytes, 0, count, ISO_8859_1).replace(UNREADABLE + ':', UNREADABLE + ' ');
    var forged =
        HEADERS
            .matcher(sent)
            .replaceAll(
                found -> {
                  var line = "NATS/1.0 " + found.group(2);
                  var rest = "\r\n" + found.group(1);
                  var gap = found.group().length() - line.length() - rest.length();
                  return line + " ".repeat(gap) + rest; // of the length that was announced
                });
    super.write(forged.getBytes(ISO_8859_1), count);
  }
}
