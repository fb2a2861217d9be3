package dev.batchapi.contract;

/** What a batch's payload may be: a JSON array of its items, in UTF-8. */
public final class Payload {
  /** The largest payload of one batch: what the queue takes as one message. */
  public static final int MAX_BYTES = 1024 * 1024;

  private Payload() {}
}
