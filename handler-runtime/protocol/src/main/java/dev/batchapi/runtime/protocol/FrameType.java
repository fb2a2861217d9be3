package dev.batchapi.runtime.protocol;

/** What a frame is; the code is its first byte after the length. */
public enum FrameType {
  HELLO(1),
  START(2),
  READY(3),
  INVALID(4),
  BROKEN(5),
  HANDLE(6),
  RESULT(7),
  FAILED(8),
  COMPLETE(9),
  METRIC(10),
  STOP(11),
  LOSSES(12),
  FLUSH(13),
  REPLACE(14),
  ITEMS(15),
  WANT(16),
  PERMITS(17),
  PART(18);

  private static final FrameType[] BY_CODE = values();

  private final byte code;

  FrameType(int code) {
    this.code = (byte) code;
  }

  public byte code() {
    return code;
  }

  static FrameType of(byte code) throws ProtocolException {
    int position = code - 1;
    if (position < 0 || position >= BY_CODE.length) {
      throw new ProtocolException("a frame of unknown type " + Byte.toUnsignedInt(code));
    }
    return BY_CODE[position];
  }
}
