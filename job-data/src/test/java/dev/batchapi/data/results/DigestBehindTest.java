package dev.batchapi.data.results;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.contract.Sha256;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestBehindTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 131_072, 1_000_000})
  void itIsThatOfAllBytesInWhateverPieces(int bytes) {
    var random = new Random(bytes);
    var all = new byte[bytes];
    random.nextBytes(all);
    var digest = new DigestBehind();
    var piece = new byte[200_000];
    for (var at = 0; at < bytes; ) {
      var length = Math.min(bytes - at, random.nextInt(random.nextBoolean() ? 100 : 150_000));
      System.arraycopy(all, at, piece, 7, length);
      digest.update(piece, 7, length);
      Arrays.fill(piece, (byte) 0); // it belongs to whoever wrote it
      at += length;
    }
    assertThat(digest.hex()).isEqualTo(Sha256.hex(all));
  }
}
