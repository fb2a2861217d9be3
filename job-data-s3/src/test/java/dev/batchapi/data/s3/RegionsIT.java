package dev.batchapi.data.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A bucket of eu-central-1 that is asked for in us-east-1, with AWS's own answers, and with those
 * of versitygw, which has one region.
 */
class RegionsIT {
  private static final String OURS = "eu-central-1";

  /** How AWS says that it is another region's. */
  enum Answer {
    PERMANENT(301, "PermanentRedirect", "must be addressed using the specified endpoint"),
    TEMPORARY(307, "TemporaryRedirect", "Please re-send this request"),
    MALFORMED(
        400,
        "AuthorizationHeaderMalformed",
        "the region 'us-east-1' is wrong; expecting 'eu-central-1'"),
    CONSTRAINT(
        400,
        "IllegalLocationConstraintException",
        "The us-east-1 location constraint is incompatible for the region specific endpoint");

    private final int status;
    private final String code;
    private final String words;

    Answer(int status, String code, String words) {
      this.status = status;
      this.code = code;
      this.words = words;
    }
  }

  private final AtomicInteger asked = new AtomicInteger();
  private Answer answer = Answer.MALFORMED;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      asked.incrementAndGet();
      exchange.getResponseHeaders().set("x-amz-bucket-region", OURS);
      var body =
          "<Error><Code>%s</Code><Message>%s</Message></Error>"
              .formatted(answer.code, answer.words)
              .getBytes(UTF_8);
      exchange.sendResponseHeaders(answer.status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private Stores stores(String region) {
    return Stores.of(
        Map.of(
            "AWS_ENDPOINT_URL",
            "http://127.0.0.1:" + server.getAddress().getPort(),
            "AWS_REGION",
            region,
            "AWS_ACCESS_KEY_ID",
            "k",
            "AWS_SECRET_ACCESS_KEY",
            "hush"),
        Path.of("."));
  }

  @ParameterizedTest
  @EnumSource
  void whereABucketIsIsSaidInOneSentence(Answer how) {
    answer = how;
    try (var stores = stores("us-east-1")) {
      refused(() -> stores.of("s3://").find("s3://far/in.jsonl"));
      refused(() -> stores.of("s3://").list("s3://far/", file -> {}));
      refused(
          () -> {
            try (var upload = stores.of("s3://").create("s3://far/out.jsonl")) {
              upload.write(new byte[1]);
              upload.commit();
            }
          });
    }
    assertThat(asked).as("none is repeated").hasValue(3);
  }

  /** An endpoint of elsewhere, which knows better where the bucket is. */
  @ParameterizedTest
  @EnumSource(names = {"PERMANENT", "TEMPORARY"})
  void whoNamesTheRegionThatWasAskedForIsTheWrongEndpoint(Answer how) {
    answer = how;
    try (var stores = stores(OURS)) {
      assertThatThrownBy(() -> stores.of("s3://").find("s3://far/in.jsonl"))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining(
              "bucket far: it sends to somewhere else, where nobody follows it with credentials; AWS_ENDPOINT_URL must name the store itself.");
    }
  }

  private static void refused(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageStartingWith(
            "Bucket far is in region eu-central-1 and not in region us-east-1, as asked at http://127.0.0.1:")
        .hasMessageContaining("with access key k: set AWS_REGION to eu-central-1.");
  }

  @Test
  void versitygwSaysItInItsOwnWay() {
    try (var far = VersityGw.startIn(OURS);
        var stores = Stores.of(far.env(), Path.of("."))) {
      far.bucket("far");
      assertThatThrownBy(() -> stores.of("s3://").find("s3://far/in.jsonl"))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageStartingWith(
              "Bucket far is in region eu-central-1 and not in region us-east-1, as asked at "
                  + far.endpoint()
                  + " with access key test-key: set AWS_REGION to eu-central-1.");
    }
  }
}
