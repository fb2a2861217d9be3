package dev.batchapi.data.results;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/** The items of a batch, as its lines show them. */
public final class BatchItems {
  private static final byte[] NULL = "null".getBytes(UTF_8);

  private final byte[] json;
  private final @Nullable String unread;

  private BatchItems(byte[] json, @Nullable String unread) {
    this.json = json;
    this.unread = unread;
  }

  /**
   * As they are.
   *
   * @param payload a list of items, as JSON
   */
  public static BatchItems of(byte[] payload) {
    return new BatchItems(payload, null);
  }

  /**
   * They can't be read any more: on the lines stands {@code null}, and before it {@code unread}.
   *
   * @param why a sentence for people
   */
  public static BatchItems unread(String why) {
    return new BatchItems(NULL, why);
  }

  /** The same of lines that say it themselves, by their error. */
  public BatchItems withoutReason() {
    return unread == null ? this : new BatchItems(json, null);
  }

  byte[] json() {
    return json;
  }

  /** Says in a line's head why its items are not there, if they are not. */
  LineHead in(LineHead head) {
    return unread == null ? head : head.text("unread", unread);
  }
}
