package dev.batchapi.data.gcs;

import dev.batchapi.data.store.OddKeysContract;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Against fake-gcs-server. */
class GcsOddKeysIT extends OddKeysContract {
  private FakeGcs server;

  @BeforeEach
  void start() throws IOException {
    server = FakeGcs.start();
    server.bucket("odd");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Override
  protected Stores stores() {
    return Stores.of(server.env(), Path.of("."));
  }

  @Override
  protected String scheme() {
    return "gs";
  }

  @Override
  protected void put(String key, byte[] content) throws IOException {
    server.put("odd", key, content);
  }
}
