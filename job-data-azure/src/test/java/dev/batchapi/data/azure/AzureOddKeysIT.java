package dev.batchapi.data.azure;

import dev.batchapi.data.store.OddKeysContract;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Against Azurite. */
class AzureOddKeysIT extends OddKeysContract {
  private Azurite server;

  @BeforeEach
  void start() throws IOException {
    server = Azurite.start();
    server.client().createBlobContainer("odd");
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
    return "az";
  }

  @Override
  protected void put(String key, byte[] content) throws IOException {
    server.put("odd", key, content);
  }
}
