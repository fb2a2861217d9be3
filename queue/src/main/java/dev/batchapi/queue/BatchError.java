package dev.batchapi.queue;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.contract.TextLimit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why an attempt failed.
 *
 * @param reason what kind of failure, for programs
 * @param message one or two sentences for people
 * @param type the author's exception class; null if it was no exception
 * @param stack the author's own frames as their language prints them; null if there are none
 * @param seconds how long the attempt ran, waits for a rate limit not included; null if that is not
 *     known
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BatchError(
    Reason reason,
    String message,
    @Nullable String type,
    @Nullable String stack,
    @Nullable Double seconds) {

  /** Bytes of an error as JSON; longer stacks and messages are cut in the middle. */
  public static final int MAX_BYTES = 16 * 1024;

  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /** The kinds of failure. */
  public enum Reason {
    /** The handler threw; retried. */
    HandlerFailed,
    /** The handler said that trying again is of no use. */
    FatalError,
    /** The result is no JSON, or over the limit. */
    ResultInvalid,
    /** The batch timeout passed; retried. */
    BatchTimedOut,
    /** The handler's process ended in the middle of the batch; retried. */
    HandlerDied,
    /** The handler has asked to be called later, again and again, for longer than it may. */
    WaitedTooLong,
    /** Too many workers were lost with this batch in hand. */
    WorkerLost,
    /** One of its items can't be read, such as a line that is no JSON. */
    InputInvalid,
    /** A file that its items stand in is not the one any more that was cut into batches. */
    InputChanged;

    /** Whether it says itself why the batch's items can't be shown. */
    public boolean isOfInput() {
      return this == InputInvalid || this == InputChanged;
    }
  }

  public BatchError {
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(message, "message");
  }

  /** Of which it is not known how long it took. */
  public BatchError(Reason reason, String message, @Nullable String type, @Nullable String stack) {
    this(reason, message, type, stack, null);
  }

  /** The same of an attempt that ran so long, unless that is known better. */
  public BatchError ran(Duration time) {
    return seconds != null
        ? this
        : new BatchError(reason, message, type, stack, time.toMillis() / 1000.0);
  }

  /** The same in other words. */
  public BatchError saying(String words) {
    return new BatchError(reason, words, type, stack, seconds);
  }

  public static BatchError of(Reason reason, String message) {
    return new BatchError(reason, message, null, null);
  }

  /** As JSON, within {@link #MAX_BYTES}. */
  public byte[] toJson() {
    return json(bounded());
  }

  /** The same, cut in the middle if it has more than {@link #MAX_BYTES} as JSON. */
  public BatchError bounded() {
    if (json(this).length <= MAX_BYTES) {
      return this;
    }
    // JSON makes at most six bytes of one: a fourteenth of the room for each is always enough.
    return new BatchError(
        reason,
        TextLimit.bothEnds(message, MAX_BYTES / 14),
        type == null ? null : TextLimit.bothEnds(type, 200),
        stack == null ? null : TextLimit.bothEnds(stack, MAX_BYTES / 14),
        seconds);
  }

  private static byte[] json(BatchError error) {
    try {
      return JSON.writeValueAsBytes(error);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws UncheckedIOException if it is something else
   */
  public static BatchError fromJson(byte[] json) {
    try {
      return JSON.readValue(json, BatchError.class);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "not an error record: " + new String(json, StandardCharsets.UTF_8), e);
    }
  }
}
