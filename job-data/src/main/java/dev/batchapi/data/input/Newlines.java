package dev.batchapi.data.input;

/** Where lines end. */
final class Newlines {
  private static final long NEWLINES = EightBytes.all('\n');

  private Newlines() {}

  /**
   * The next newline.
   *
   * @param from the first byte to look at
   * @param end behind the last one
   * @return its position; {@code end} if there is none
   */
  static int next(byte[] bytes, int from, int end) {
    var at = from;
    for (; at < end && at % Long.BYTES != 0; at++) {
      if (bytes[at] == '\n') {
        return at;
      }
    }
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      var found = EightBytes.same(EightBytes.at(bytes, at), NEWLINES) & EightBytes.MARKS;
      if (found != 0) {
        return at + EightBytes.first(found);
      }
    }
    for (; at < end; at++) {
      if (bytes[at] == '\n') {
        return at;
      }
    }
    return end;
  }
}
