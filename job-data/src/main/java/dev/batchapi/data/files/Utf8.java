package dev.batchapi.data.files;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Text of a file; what isn't UTF-8 is refused, not replaced. */
final class Utf8 {
  private final String name;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);

  /**
   * @param name what messages call the file
   */
  Utf8(String name) {
    this.name = name;
  }

  String decode(byte[] bytes, int length, long line) {
    try {
      return decoder.decode(ByteBuffer.wrap(bytes, 0, length)).toString();
    } catch (CharacterCodingException e) {
      throw new NotUtf8Exception(
          "%s, line %d is not UTF-8 text: save the file as UTF-8.".formatted(name, line));
    }
  }
}
