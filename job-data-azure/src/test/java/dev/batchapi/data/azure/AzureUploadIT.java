package dev.batchapi.data.azure;

import dev.batchapi.data.store.BucketUploadContract;
import dev.batchapi.data.store.Stores;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Against Azurite. */
class AzureUploadIT extends BucketUploadContract {
  private static Azurite server;

  @BeforeAll
  static void start() {
    server = Azurite.start();
    server.client().createBlobContainer("out");
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
    return "az://out/";
  }

  @Override
  protected String nowhere() {
    return "There is no container nowhere-here at " + server.endpoint();
  }
}
