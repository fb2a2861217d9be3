package dev.batchapi.queue.jetstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.nats.client.support.IncomingHeadersProcessor;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a server sends, without headers that jnats can't read: its reader would end at them, and the
 * next one at the same message. The server looks at nobody's headers, and a job's credentials can
 * write any. In their place come those that the server itself has put behind them. Not thread-safe.
 */
final class ReadableHeaders {
  private static final String VERSION = "NATS/1.0\r\n";
  private static final String END = "\r\n";
  private static final String SERVERS_OWN = "Nats-";
  private static final Pattern LINES = Pattern.compile("\r\n");

  private final Source source;
  private final byte[] read = new byte[64 * 1024];
  // What is read and not looked at yet: from next to end.
  private int next;
  private int end;
  // A line, with the headers behind it, of which so much is given.
  private byte[] ready = {};
  private int given;
  // Bytes of the message behind it.
  private int body;

  /** Where the bytes come from, as of {@link java.io.InputStream}. */
  interface Source {
    int read(byte[] into, int offset, int length) throws IOException;
  }

  ReadableHeaders(Source source) {
    this.source = source;
  }

  /** As {@link java.io.InputStream#read(byte[], int, int)}. */
  int read(byte[] into, int offset, int length) throws IOException {
    if (given == ready.length && body == 0) {
      prepare();
    }
    if (given < ready.length) {
      var count = Math.min(length, ready.length - given);
      System.arraycopy(ready, given, into, offset, count);
      given += count;
      return count;
    }
    var count = pass(into, offset, Math.min(length, body));
    body -= Math.max(0, count);
    return count;
  }

  /** Of a body, which is nobody's business here; -1 at the end of everything. */
  private int pass(byte[] into, int offset, int length) throws IOException {
    if (next == end) {
      return source.read(into, offset, Math.max(1, length));
    }
    var count = Math.min(length, end - next);
    System.arraycopy(read, next, into, offset, count);
    next += count;
    return count;
  }

  private void prepare() throws IOException {
    ready = line();
    given = 0;
    if (ready.length < 4 || (ready[0] != 'M' && ready[0] != 'H')) {
      return;
    }
    var words = new String(ready, ISO_8859_1).trim().split(" ", -1);
    try {
      if (words[0].equals("MSG")) {
        body = Integer.parseInt(words[words.length - 1]) + END.length();
      } else if (words[0].equals("HMSG")) {
        prepareHeaders(words, Integer.parseInt(words[words.length - 2]));
      }
    } catch (NumberFormatException e) {
      throw new IOException("a message of no length", e);
    }
  }

  private void prepareHeaders(String[] words, int length) throws IOException {
    var content = Integer.parseInt(words[words.length - 1]) - length;
    var headers = exactly(length);
    if (!isReadable(headers)) {
      headers = serversOwn(headers);
      words[words.length - 2] = Integer.toString(headers.length);
      words[words.length - 1] = Integer.toString(headers.length + content);
    }
    var line = (String.join(" ", words) + END).getBytes(ISO_8859_1);
    ready = Arrays.copyOf(line, line.length + headers.length);
    System.arraycopy(headers, 0, ready, line.length, headers.length);
    body = content + END.length();
  }

  private static boolean isReadable(byte[] headers) {
    try {
      var _ = new IncomingHeadersProcessor(headers);
      return true;
    } catch (RuntimeException e) { // whichever: it would be one in the reader
      return false;
    }
  }

  private static byte[] serversOwn(byte[] headers) {
    return LINES
        .splitAsStream(new String(headers, ISO_8859_1))
        .filter(line -> line.startsWith(SERVERS_OWN))
        .map(line -> line + END)
        .filter(line -> isReadable((VERSION + line + END).getBytes(ISO_8859_1)))
        .collect(Collectors.joining("", VERSION, END))
        .getBytes(ISO_8859_1);
  }

  /** Up to the end of a line; nothing at the end of everything. */
  private byte[] line() throws IOException {
    var line = new ByteArrayOutputStream();
    while (next < end || fill()) {
      var from = next;
      while (next < end) {
        if (read[next++] == '\n') {
          line.write(read, from, next - from);
          return line.toByteArray();
        }
      }
      line.write(read, from, next - from);
    }
    return line.toByteArray();
  }

  private byte[] exactly(int length) throws IOException {
    var bytes = new byte[length];
    for (var have = 0; have < length; ) {
      if (next == end && !fill()) {
        throw new EOFException("in the middle of headers");
      }
      have += pass(bytes, have, length - have);
    }
    return bytes;
  }

  private boolean fill() throws IOException {
    next = 0;
    end = Math.max(0, source.read(read, 0, read.length));
    return end > 0;
  }
}
