package dev.batchapi.data.s3;

import dev.batchapi.data.store.OddKeysContract;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class OddKeysTest extends OddKeysContract {
  private FlatStore store;

  @BeforeEach
  void start() throws IOException {
    store = new FlatStore();
  }

  @AfterEach
  void stop() {
    store.close();
  }

  @Override
  protected Stores stores() {
    return Stores.of(store.env(), Path.of("."));
  }

  @Override
  protected String scheme() {
    return "s3";
  }

  @Override
  protected List<String> moreKeys() {
    return List.of("a/control\u0001\n.jsonl");
  }

  @Override
  protected void put(String key, byte[] content) {
    store.objects().put("odd/" + key, content);
  }
}
