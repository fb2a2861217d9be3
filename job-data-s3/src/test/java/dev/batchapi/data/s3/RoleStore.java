package dev.batchapi.data.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * AWS's STS and S3 as a pod with a role meets them: a token of its service account becomes
 * credentials for a while, and an object is shown to who has them. It stands here for AWS, which
 * can't run here, nor can versitygw take temporary credentials. Close it.
 */
final class RoleStore implements AutoCloseable {
  static final String ROLE = "arn:aws:iam::123456789012:role/tagger";
  static final byte[] CONTENT = "1\n2\n".getBytes(UTF_8);

  private final HttpServer server;
  private final AtomicInteger issued = new AtomicInteger();
  private volatile String token;
  private volatile Duration lifetime = Duration.ofHours(1);

  /**
   * @param token that it takes
   */
  RoleStore(String token) throws IOException {
    this.token = token;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  int issued() {
    return issued.get();
  }

  /** From here on credentials end so soon. */
  void lifetime(Duration next) {
    lifetime = next;
  }

  /** Takes another token, and no credentials of before. */
  void expireAll(String next) {
    token = next;
    issued.incrementAndGet();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (exchange.getRequestMethod().equals("POST")) {
        role(exchange);
      } else if (("session-" + issued.get())
          .equals(exchange.getRequestHeaders().getFirst("X-Amz-Security-Token"))) {
        exchange.getResponseHeaders().set("ETag", "\"1\"");
        exchange.getResponseHeaders().set("Content-Range", "bytes 0-3/4");
        send(exchange, 206, CONTENT);
      } else {
        error(exchange, 403, "ExpiredToken");
      }
    }
  }

  private void role(HttpExchange exchange) throws IOException {
    var form = form(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
    if (!"AssumeRoleWithWebIdentity".equals(form.get("Action"))
        || !ROLE.equals(form.get("RoleArn"))
        || exchange.getRequestHeaders().containsKey("Authorization")) {
      error(exchange, 400, "ValidationError");
    } else if (!token.equals(form.get("WebIdentityToken"))) {
      error(exchange, 400, "InvalidIdentityToken");
    } else {
      send(
          exchange,
          200,
          """
          <AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>
          <AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>hush</SecretAccessKey>
          <SessionToken>session-%d</SessionToken><Expiration>%s</Expiration>
          </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>
          """
              .formatted(issued.incrementAndGet(), Instant.now().plus(lifetime))
              .getBytes(UTF_8));
    }
  }

  private static Map<String, String> form(String body) {
    var form = new HashMap<String, String>();
    for (var field : body.split("&", -1)) {
      var parts = field.split("=", 2);
      form.put(parts[0], URLDecoder.decode(parts[1], UTF_8));
    }
    return form;
  }

  private static void error(HttpExchange exchange, int status, String code) throws IOException {
    send(
        exchange,
        status,
        "<ErrorResponse><Error><Code>%s</Code><Message>no</Message></Error></ErrorResponse>"
            .formatted(code)
            .getBytes(UTF_8));
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
