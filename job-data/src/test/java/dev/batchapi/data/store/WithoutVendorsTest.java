package dev.batchapi.data.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who depends on this module gets no vendor's SDK with it. */
class WithoutVendorsTest {

  @Test
  void noVendorsSdkIsOnTheClassPath() {
    assertThat(System.getProperty("java.class.path"))
        .contains("fastcsv")
        .doesNotContain("awssdk")
        .doesNotContain("google")
        .doesNotContain("azure")
        .doesNotContain("parquet");
  }

  @Test
  void aSchemeWithoutItsModuleIsNamed() {
    try (var stores = Stores.of(Map.of(), Path.of("."))) {
      assertThatThrownBy(() -> stores.of("s3://bucket/key"))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("there is no store for s3:// here");
      assertThatThrownBy(() -> stores.of("az://container/name"))
          .hasMessageContaining("there is no store for az:// here");
    }
  }
}
