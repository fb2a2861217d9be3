package dev.batchapi.runtime.host;

import dev.batchapi.handler.BatchContext;
import dev.batchapi.runtime.protocol.Handle;
import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.HandlerError.Reason;
import dev.batchapi.runtime.protocol.ProtocolException;
import dev.batchapi.runtime.protocol.Start;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hands batches, or those of their items that are tried again, to the handler. */
final class BatchCall {
  private final Start.Handler settings;
  private final RatePermits permits;
  private final Answer answer;
  private final Consumer<HandlerError> givenUp;

  /**
   * @param answer takes what the handler returns
   * @param givenUp told, on another thread, of a batch that goes on in spite of its deadline: what
   *     {@link #handle} returns of it is nobody's any more
   */
  BatchCall(
      Start.Handler settings, RatePermits permits, Answer answer, Consumer<HandlerError> givenUp) {
    this.givenUp = givenUp;
    this.settings = settings;
    this.permits = permits;
    this.answer = answer;
  }

  /** Calls the handler; empty if the answer has what it returned, else what went wrong. */
  Optional<HandlerError> handle(LoadedHandler handler, Handle batch) {
    answer.begin();
    try {
      ByteBuffer payload = batch.payload();
      int offset = payload.arrayOffset() + payload.position();
      List<?> items;
      try {
        items =
            handler.items().read(payload.array(), offset, payload.remaining(), settings.perItem());
      } catch (BindingException e) {
        return Optional.of(AuthorErrors.of(e, Reason.FatalError));
      }
      var given = Given.of(chosen(items, batch));
      BatchContext context = context(batch, given);
      try (var deadline = new HandlerDeadline(Thread.currentThread(), batch.deadline(), givenUp)) {
        return answer(handler, given, context, deadline);
      }
    } catch (Throwable thrown) {
      return Optional.of(AuthorErrors.of(thrown));
    }
  }

  private Optional<HandlerError> answer(
      LoadedHandler handler, Given given, BatchContext context, HandlerDeadline deadline)
      throws Throwable {
    try {
      Object returned =
          given.isNothing()
              ? given.items()
              : settings.rated()
                  ? rated(handler, given.items(), context, deadline)
                  : call(handler, given.items(), context, deadline, () -> true);
      var invalid = answer.take(handler, returned, given).map(deadline::reason);
      answer.replaceItemErrors(deadline::reason);
      return invalid;
    } catch (Throwable thrown) {
      throw deadline.reason(thrown);
    }
  }

  private @Nullable Object rated(
      LoadedHandler handler, List<Object> given, BatchContext context, HandlerDeadline deadline)
      throws Throwable {
    permits.begin(deadline);
    try {
      if (!handler.isOfItems() && !permits.takeAll(given.size())) {
        throw HandlerTimedOut.beforeItWasBegun();
      }
      return call(handler, given, context, deadline, permits::takeOne);
    } finally {
      permits.end();
    }
  }

  private @Nullable Object call(
      LoadedHandler handler,
      List<Object> given,
      BatchContext context,
      HandlerDeadline deadline,
      ItemCalls.Permit permit)
      throws Throwable {
    int concurrency = settings.concurrency();
    return handler.isOfItems()
        ? ItemCalls.call(handler.ofItems(), given, context, concurrency, deadline, permit)
        : handler.ofBatches().handleBatch(given, context);
  }

  private static List<?> chosen(List<?> items, Handle batch) throws ProtocolException {
    var positions = batch.positions();
    if (!batch.numbers().isEmpty() && batch.numbers().size() != items.size()) {
      throw new ProtocolException("a HANDLE with not a number for each item of the batch");
    }
    if (positions.isEmpty()) {
      return items;
    }
    if (positions.getLast() >= items.size()) {
      throw new ProtocolException("a HANDLE of items that the batch has not");
    }
    var chosen = new ArrayList<@Nullable Object>();
    positions.forEach(position -> chosen.add(items.get(position)));
    return chosen;
  }

  private static BatchContext context(Handle batch, Given given) {
    Optional<Instant> deadline =
        batch.deadline() == 0
            ? Optional.empty()
            : Optional.of(Instant.ofEpochMilli(batch.deadline()));
    var numbers = new ArrayList<Integer>();
    for (int at = 0; at < given.all(); at++) {
      if (!given.misfits().containsKey(at)) {
        int position = batch.positions().isEmpty() ? at : batch.positions().get(at);
        numbers.add(batch.number(position));
      }
    }
    return new BatchContext(batch.batchId(), batch.index(), batch.attempt(), deadline, numbers);
  }
}
