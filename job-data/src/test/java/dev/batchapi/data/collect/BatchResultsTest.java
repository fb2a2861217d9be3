package dev.batchapi.data.collect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.contract.Sha256;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Upload;
import java.io.InputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An upload that the store says is over already: completed, its answer lost, or lost itself. */
class BatchResultsTest {
  private static final byte[] JSON = "[1,2,3]".getBytes(UTF_8);

  private static String write(@Nullable StoredFile there) {
    return new BatchResults("s3://b/out/", new Answering(there))
        .write("b-1", out -> out.write(JSON));
  }

  private static StoredFile file(long size) {
    return new StoredFile("s3://b/out/.batches/b-1", size, "v1");
  }

  @Test
  void whatIsThereWasWrittenByARequestWhoseAnswerWasLost() {
    assertThat(write(file(JSON.length))).isEqualTo(Sha256.hex(JSON));
  }

  @Test
  void whatIsNotThereIsWrittenAgainByTheCaller() {
    assertThatThrownBy(() -> write(null))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("b-1 can't be written");
    assertThatThrownBy(() -> write(file(3))).isInstanceOf(StoreUnavailableException.class);
  }

  /** Whose every upload is over when it is committed. */
  private record Answering(@Nullable StoredFile there) implements Store {
    @Override
    public void list(String prefix, Consumer<StoredFile> visitor) {}

    @Override
    public @Nullable StoredFile find(String url) {
      return there;
    }

    @Override
    public InputStream open(StoredFile file, long offset, long length) {
      return InputStream.nullInputStream();
    }

    @Override
    public Upload create(String url) {
      return new Upload() {
        @Override
        public void write(byte[] bytes, int offset, int length) {}

        @Override
        public boolean commit() {
          return false;
        }

        @Override
        public void close() {}
      };
    }
  }
}
