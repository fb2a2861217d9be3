package dev.batchapi.data.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StoredFileTest {

  @Test
  void aQueryWhichMayHoldASignatureIsInNoName() {
    for (var url : new String[] {"https://h/a.csv", "HTTPS://h/a.csv", "Http://h/a.csv"}) {
      assertThat(StoredFile.name(url + "?sig=hush")).isEqualTo(url);
      assertThat(StoredFile.name(url)).isEqualTo(url);
    }
    assertThat(StoredFile.name("s3://b/what?.csv")).isEqualTo("s3://b/what?.csv");
    assertThat(StoredFile.name("https?.csv")).isEqualTo("https?.csv");
  }

  @Test
  void aNameSteersNoTerminalAndEndsNoLine() {
    assertThat(StoredFile.name("s3://b/\u001b]0;x\u0007\nERROR a.csv"))
        .isEqualTo("s3://b/\\u001b]0;x\\u0007\\u000aERROR a.csv");
    assertThat(StoredFile.name("s3://b/caf\u00e9 \u3053.csv"))
        .isEqualTo("s3://b/caf\u00e9 \u3053.csv");
  }
}
