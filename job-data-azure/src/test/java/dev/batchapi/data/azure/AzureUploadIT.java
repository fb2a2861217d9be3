package dev.batchapi.data.azure;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.Stores;
import dev.batchapi.data.store.UploadContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against Azurite. */
class AzureUploadIT extends UploadContract {
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

  @Test
  void aContainerThatIsNotThereIsNamed() {
    for (var size : new int[] {3, 20 << 20}) {
      try (var stores = stores()) {
        assertThatThrownBy(() -> write(stores.of("az://"), "az://nowhere-here/x", new byte[size]))
            .isInstanceOf(StoreRefusedException.class)
            .hasMessageContaining("There is no container nowhere-here at " + server.endpoint());
      }
    }
  }
}
