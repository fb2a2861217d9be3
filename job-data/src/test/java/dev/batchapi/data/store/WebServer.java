package dev.batchapi.data.store;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A real web server with one file, which does next what it is told. Close it. */
final class WebServer implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

  /** What goes wrong with an answer. */
  enum Fault {
    /** Half of the body, and the connection is closed. */
    BREAKS_OFF,
    /** Half of the body, and then nothing. */
    STALLS,
    UNAVAILABLE,
    TOO_MANY_REQUESTS
  }

  private final HttpServer server;
  private final CountDownLatch end = new CountDownLatch(1);
  private final Queue<Fault> faults = new ArrayDeque<>();
  private final List<String> ranges = new ArrayList<>();
  private byte[] content;
  private @Nullable String etag = "\"1\"";
  private boolean knowsRanges = true;
  private int status = 200;
  private @Nullable String location;

  WebServer(byte[] content) throws IOException {
    this.content = content;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  String url(String file) {
    return "http://127.0.0.1:%d/%s".formatted(server.getAddress().getPort(), file);
  }

  synchronized void next(Fault... more) {
    faults.addAll(List.of(more));
  }

  synchronized void content(byte[] content, @Nullable String etag) {
    this.content = content;
    this.etag = etag;
  }

  synchronized void status(int status) {
    this.status = status;
  }

  /** Sends everybody on to another address. */
  synchronized void redirect(String to) {
    status = 302;
    location = to;
  }

  synchronized void withoutRanges() {
    knowsRanges = false;
  }

  /** Which ranges it was asked for. */
  synchronized List<String> ranges() {
    return List.copyOf(ranges);
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body;
    Fault fault;
    int code;
    synchronized (this) {
      fault = faults.poll();
      var range = exchange.getRequestHeaders().getFirst("Range");
      ranges.add(String.valueOf(range));
      var match = exchange.getRequestHeaders().getFirst("If-Match");
      if (location != null) {
        exchange.getResponseHeaders().set("Location", location);
      }
      if (etag != null) {
        exchange.getResponseHeaders().set("ETag", etag);
      }
      var matcher = RANGE.matcher(String.valueOf(range));
      body = content;
      code = status;
      if (code == 200 && match != null && !match.equals(etag)) {
        code = 412;
      } else if (code == 200 && knowsRanges && matcher.matches()) {
        var from = Integer.parseInt(matcher.group(1));
        if (from >= content.length) {
          code = 416;
          exchange.getResponseHeaders().set("Content-Range", "bytes */" + content.length);
        } else {
          var to = Math.min(Integer.parseInt(matcher.group(2)), content.length - 1);
          code = 206;
          body = java.util.Arrays.copyOfRange(content, from, to + 1);
          exchange
              .getResponseHeaders()
              .set("Content-Range", "bytes " + from + "-" + to + "/" + content.length);
        }
      }
    }
    if (fault == Fault.UNAVAILABLE || fault == Fault.TOO_MANY_REQUESTS) {
      code = fault == Fault.UNAVAILABLE ? 503 : 429;
    }
    if (code > 206) {
      exchange.sendResponseHeaders(code, -1);
      exchange.close();
      return;
    }
    exchange.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
    if (fault == null) {
      exchange.getResponseBody().write(body);
    } else {
      exchange.getResponseBody().write(body, 0, body.length / 2);
      exchange.getResponseBody().flush();
      if (fault == Fault.STALLS) {
        await();
      }
    }
    exchange.close();
  }

  private void await() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    end.countDown();
    server.stop(0);
  }
}
