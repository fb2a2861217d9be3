package dev.batchapi.runtime.host;

import dev.batchapi.runtime.protocol.FrameChannel;
import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.HandlerError.Reason;
import dev.batchapi.runtime.protocol.Items;
import dev.batchapi.runtime.protocol.Start;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one batch after the other: what the handler returned, as the frame that says it.
 */
final class Answer {
  private static final byte[] NO_HEAD = {};

  private final FrameChannel channel;
  private final Start start;
  private final BoundedBytes result;

  /** Of the batch in hand: the items that failed, by their position among those handed over. */
  private SortedMap<Integer, HandlerError> itemErrors = new TreeMap<>();

  private boolean broken;

  Answer(FrameChannel channel, Start start) {
    this.channel = channel;
    this.start = start;
    this.result = new BoundedBytes(start.limits().resultBytes());
  }

  /** Forgets the one before. */
  void begin() {
    result.clear();
    itemErrors = new TreeMap<>();
  }

  /** Whether the handler has left this process broken. */
  boolean isBroken() {
    return broken;
  }

  /**
   * Takes what the handler returned.
   *
   * @param given what it got
   * @return what is wrong with it; empty if nothing is
   */
  Optional<HandlerError> take(LoadedHandler handler, @Nullable Object returned, Given given) {
    boolean without = returned == null && !given.misfits().isEmpty(); // a result for each, and none
    Object results = without ? Collections.nCopies(given.items().size(), null) : returned;
    var perItem = start.handler().perItem() ? ItemResults.of(results, given) : null;
    if (perItem == null) {
      return given.misfits().isEmpty()
          ? write(handler, returned)
          : Optional.of(
              AuthorErrors.of(given.misfits().firstEntry().getValue(), Reason.FatalError));
    }
    int items = given.items().size();
    if (perItem.size() != items) {
      return Optional.of(
          AuthorErrors.misshapen(
              "the handler returned a list of %d results for %d items: return one for each, null for an item without one; or, if the list is the batch's one result, set handler.results: Batch"
                  .formatted(perItem.size(), items)));
    }
    var breakage = perItem.breakage();
    if (breakage != null) {
      return Optional.of(breakage);
    }
    try {
      perItem.write(handler.binding(), result);
      itemErrors = perItem.errors();
      return Optional.empty();
    } catch (ResultTooLargeException e) {
      return Optional.of(AuthorErrors.tooLarge(e));
    }
  }

  private Optional<HandlerError> write(LoadedHandler handler, @Nullable Object returned) {
    if (returned == null) {
      return Optional.empty();
    }
    try {
      handler.binding().write(returned, result);
      if (result.isNull()) {
        result.clear();
      }
      return Optional.empty();
    } catch (BindingException e) {
      return Optional.of(AuthorErrors.of(e, Reason.ResultInvalid));
    } catch (ResultTooLargeException e) {
      return Optional.of(AuthorErrors.tooLarge(e));
    }
  }

  /** Puts others in the place of its items' errors. */
  void replaceItemErrors(UnaryOperator<HandlerError> others) {
    itemErrors.replaceAll((item, error) -> others.apply(error));
  }

  /** Sends it, or the error in its place. */
  void send(Optional<HandlerError> error) throws IOException {
    if (error.isPresent()) {
      broken |= error.get().reason() == Reason.WorkerBroken;
      fail(FrameType.FAILED, error.get());
    } else if (itemErrors.isEmpty()) {
      channel.writeAnswer(FrameType.RESULT, NO_HEAD, result.content());
    } else {
      broken |= itemErrors.values().stream().anyMatch(e -> e.reason() == Reason.WorkerBroken);
      byte[] head =
          Items.head(itemErrors, start.limits().errorBytes(), ItemResults.ALL_ERROR_BYTES);
      ByteBuffer results = result.content();
      int bytes = head.length + Math.min(results.remaining(), FrameChannel.PART_BYTES);
      if (bytes < FrameChannel.MAX_FRAME_BYTES) {
        channel.writeAnswer(FrameType.ITEMS, head, results);
      } else {
        fail(FrameType.FAILED, AuthorErrors.tooMany(itemErrors.values(), bytes));
      }
    }
  }

  /** Sends an error. */
  void fail(FrameType type, HandlerError error) throws IOException {
    channel.write(type, error.encode(start.limits().errorBytes()));
  }
}
