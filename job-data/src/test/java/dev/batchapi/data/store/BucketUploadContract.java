package dev.batchapi.data.store;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The same of a store whose files are in buckets that somebody else makes. */
public abstract class BucketUploadContract extends UploadContract {

  /** What is said of the bucket {@code nowhere-here}, which isn't there. */
  protected abstract String nowhere();

  @Test
  void aBucketThatIsNotThereIsNamed() {
    var url = Stores.scheme(root()) + "://nowhere-here/x";
    for (var size : new int[] {3, 20 << 20}) {
      try (var stores = stores()) {
        assertThatThrownBy(() -> write(stores.of(url), url, new byte[size]))
            .isInstanceOf(StoreRefusedException.class)
            .hasMessageContaining(nowhere());
      }
    }
  }
}
