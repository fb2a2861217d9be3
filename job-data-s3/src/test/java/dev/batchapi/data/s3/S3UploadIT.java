package dev.batchapi.data.s3;

import static dev.batchapi.data.s3.FaultyLine.Fault.LOSES_ANSWER;
import static dev.batchapi.data.s3.FaultyLine.Fault.RESETS;
import static dev.batchapi.data.s3.FaultyLine.Fault.SLOW_DOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.data.store.BucketUploadContract;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against versitygw. */
class S3UploadIT extends BucketUploadContract {
  private static VersityGw server;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    server = VersityGw.start();
    server.bucket("out");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  protected Stores stores() {
    return Stores.of(server.env(), folder);
  }

  @Override
  protected String root() {
    return "s3://out/";
  }

  @Override
  protected String nowhere() {
    return "There is no bucket nowhere-here at " + server.endpoint();
  }

  /** Nobody sees them, and they cost money. */
  @Test
  void noPartsAreLeftOfAFileThatIsGivenUp() {
    try (var stores = stores();
        var client = server.client()) {
      var url = url("given-up");
      try (var upload = stores.of(url).create(url)) {
        upload.write(LARGE);
        assertThat(client.listMultipartUploads(of -> of.bucket("out")).uploads()).hasSize(1);
      }
      assertThat(client.listMultipartUploads(of -> of.bucket("out")).uploads()).isEmpty();
    }
  }

  @Test
  void faultsOnTheWayCostTimeAndNothingElse() throws IOException {
    try (var line = new FaultyLine(server.port());
        var stores = Stores.of(with("AWS_ENDPOINT_URL", line.endpoint().toString()), folder);
        var straight = stores()) {
      var store = stores.of("s3://");
      var small = url("faults");
      line.next(SLOW_DOWN, SLOW_DOWN);
      assertThat(write(store, small, SMALL)).isTrue();
      assertThat(read(straight.of("s3://"), small)).isEqualTo(SMALL);
      assertThat(line.met()).isTrue();
    }
    try (var line = new FaultyLine(server.port());
        var stores = Stores.of(with("AWS_ENDPOINT_URL", line.endpoint().toString()), folder);
        var straight = stores()) {
      var store = stores.of("s3://");
      var large = url("faults");
      line.next(SLOW_DOWN, RESETS, SLOW_DOWN, RESETS, SLOW_DOWN);
      assertThat(write(store, large, LARGE)).isTrue();
      assertThat(read(straight.of("s3://"), large)).isEqualTo(LARGE);
      assertThat(line.met()).isTrue();
    }
  }

  @Test
  void anAnswerThatWasLostIsSaidToBeATakenName() throws IOException {
    try (var line = new FaultyLine(server.port());
        var stores = Stores.of(with("AWS_ENDPOINT_URL", line.endpoint().toString()), folder)) {
      var store = stores.of("s3://");
      var url = url("lost");
      line.next(LOSES_ANSWER);
      assertThat(write(store, url, SMALL)).isFalse();
      assertThat(read(store, url)).isEqualTo(SMALL);
    }
  }

  @Test
  void whoMayNotWriteIsToldWhoRefusesWhom() {
    refused(
        "s3://out/x",
        Map.of("AWS_ENDPOINT_URL", server.endpoint().toString()),
        "refuses \"x\" in bucket out to no credentials: AccessDenied");
    refused("https://example.org/x", server.env(), "such stores are only read");
  }

  private void refused(String url, Map<String, String> env, String message) {
    try (var stores = Stores.of(env, folder)) {
      assertThatThrownBy(() -> write(stores.of(url), url, SMALL))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining(message)
          .hasMessageNotContaining("hush");
    }
  }

  private static Map<String, String> with(String name, String value) {
    var env = new HashMap<>(server.env());
    env.put(name, value);
    return env;
  }
}
