package dev.batchapi.data.gcs;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.Stores;
import dev.batchapi.data.store.UploadContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against fake-gcs-server. */
class GcsUploadIT extends UploadContract {
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

  @Test
  void aBucketThatIsNotThereIsNamed() {
    for (var size : new int[] {3, 20 << 20}) {
      try (var stores = stores()) {
        assertThatThrownBy(() -> write(stores.of("gs://"), "gs://nowhere-here/x", new byte[size]))
            .isInstanceOf(StoreRefusedException.class)
            .hasMessageContaining("There is no bucket nowhere-here at " + server.endpoint());
      }
    }
  }
}
