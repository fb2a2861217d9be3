package dev.batchapi.runtime.protocol;

/**
 * A frame that was read; its body belongs to whoever read it.
 *
 * @param type what it is
 * @param body the bytes after the type, possibly none
 */
public record Frame(FrameType type, byte[] body) {

  /**
   * This frame's body if it is of the type that is due.
   *
   * @throws ProtocolException if it is of another type; names both
   */
  public byte[] expect(FrameType due) throws ProtocolException {
    if (type != due) {
      throw new ProtocolException("a frame " + type + " came where " + due + " was due");
    }
    return body;
  }
}
