package dev.batchapi.data.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.batchapi.contract.Sha256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * S3 as AWS keeps it: a key is a text and no path, whatever slashes and dots are in it. versitygw
 * keeps objects as files, and can't. Objects of one request; nothing is signed. Close it.
 */
final class FlatStore implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

  private final Map<String, byte[]> objects = new ConcurrentSkipListMap<>();
  private final HttpServer server;

  FlatStore() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  Map<String, String> env() {
    return Map.of(
        "AWS_ENDPOINT_URL", "http://127.0.0.1:" + server.getAddress().getPort(),
        "AWS_ACCESS_KEY_ID", "k",
        "AWS_SECRET_ACCESS_KEY", "hush");
  }

  /** By bucket, a slash, and key. */
  Map<String, byte[]> objects() {
    return objects;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = exchange.getRequestBody().readAllBytes();
      var name = decode(exchange.getRequestURI().getRawPath().substring(1));
      var query = query(exchange.getRequestURI().getRawQuery());
      switch (exchange.getRequestMethod()) {
        case "PUT" -> put(exchange, name, body);
        case "DELETE" -> {
          objects.remove(name);
          exchange.sendResponseHeaders(204, -1);
        }
        default -> {
          if (query.containsKey("list-type")) {
            send(exchange, 200, list(name.replaceAll("/$", ""), query).getBytes(UTF_8));
          } else {
            get(exchange, objects.get(name));
          }
        }
      }
    }
  }

  private void put(HttpExchange exchange, String name, byte[] body) throws IOException {
    var isNew = objects.putIfAbsent(name, body) == null;
    if (!isNew && exchange.getRequestHeaders().containsKey("If-None-Match")) {
      send(exchange, 412, error("PreconditionFailed"));
      return;
    }
    objects.put(name, body);
    exchange.getResponseHeaders().set("ETag", etag(body));
    exchange.sendResponseHeaders(200, -1);
  }

  private static void get(HttpExchange exchange, byte @Nullable [] content) throws IOException {
    if (content == null) {
      send(exchange, 404, error("NoSuchKey"));
      return;
    }
    exchange.getResponseHeaders().set("ETag", etag(content));
    var range = RANGE.matcher(exchange.getRequestHeaders().getFirst("Range"));
    if (!range.matches() || Integer.parseInt(range.group(1)) >= content.length) {
      send(exchange, 416, error("InvalidRange"));
      return;
    }
    var from = Integer.parseInt(range.group(1));
    var to = Math.min(content.length - 1, Integer.parseInt(range.group(2)));
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes %d-%d/%d".formatted(from, to, content.length));
    exchange.sendResponseHeaders(206, to - from + 1);
    exchange.getResponseBody().write(content, from, to - from + 1);
  }

  private String list(String bucket, Map<String, String> query) {
    var isEncoded = "url".equals(query.get("encoding-type"));
    var prefix = bucket + "/" + query.getOrDefault("prefix", "");
    return objects.entrySet().stream()
        .filter(object -> object.getKey().startsWith(prefix))
        .map(
            object ->
                "<Contents><Key>%s</Key><Size>%d</Size><ETag>%s</ETag></Contents>"
                    .formatted(
                        key(object.getKey().substring(bucket.length() + 1), isEncoded),
                        object.getValue().length,
                        etag(object.getValue())))
        .collect(
            Collectors.joining(
                "",
                "<ListBucketResult><IsTruncated>false</IsTruncated>"
                    + (isEncoded ? "<EncodingType>url</EncodingType>" : ""),
                "</ListBucketResult>"));
  }

  private static String key(String key, boolean isEncoded) {
    return isEncoded
        ? URLEncoder.encode(key, UTF_8).replace("%2F", "/")
        : key.replace("&", "&amp;").replace("<", "&lt;");
  }

  private static String etag(byte[] content) {
    return "\"" + Sha256.hex(content).substring(0, 32) + "\"";
  }

  private static Map<String, String> query(String query) {
    var all = new TreeMap<String, String>();
    if (query != null) {
      for (var one : query.split("&", -1)) {
        var parts = one.split("=", 2);
        all.put(parts[0], parts.length < 2 ? "" : decode(parts[1]));
      }
    }
    return all;
  }

  /** Of a path: a plus sign is one. */
  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
  }

  private static byte[] error(String code) {
    return "<Error><Code>%s</Code><Message>no</Message></Error>".formatted(code).getBytes(UTF_8);
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length);
    if (!exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
