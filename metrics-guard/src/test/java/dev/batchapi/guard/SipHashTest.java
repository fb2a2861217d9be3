package dev.batchapi.guard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SipHashTest {
  /** Of the reference implementation: key 00 01 … 0f, data 00 01 …, the first bytes of it. */
  @ParameterizedTest
  @CsvSource({
    "0, 310e0edd47db6f72",
    "1, fd67dc93c539f874",
    "7, 37d1018bf50002ab",
    "8, 6224939a79f5f593",
    "15, e545be4961ca29a1",
    "16, db9bc2577fcc2a3f",
    "63, 724506eb4c328a95"
  })
  void isTheReference(int length, String expected) {
    byte[] data = new byte[length + 5];
    for (int i = 0; i < length; i++) {
      data[i + 3] = (byte) i;
    }

    long hash = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L).hash(data, 3, length + 3);

    assertThat("%016x".formatted(Long.reverseBytes(hash))).isEqualTo(expected);
  }
}
