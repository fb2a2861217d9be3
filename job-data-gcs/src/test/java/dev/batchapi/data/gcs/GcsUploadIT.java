package dev.batchapi.data.gcs;

import dev.batchapi.data.store.BucketUploadContract;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Against fake-gcs-server. */
class GcsUploadIT extends BucketUploadContract {
  private static FakeGcs server;

  @BeforeAll
  static void start() throws IOException {
    server = FakeGcs.start();
    server.bucket("out");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  protected Stores stores() {
    return Stores.of(server.env(), Path.of("."));
  }

  @Override
  protected String root() {
    return "gs://out/";
  }

  @Override
  protected String nowhere() {
    return "There is no bucket nowhere-here at " + server.endpoint();
  }
}
