package dev.batchapi.runtime.host;

import dev.batchapi.handler.BatchContext;
import dev.batchapi.handler.JobSummary;
import dev.batchapi.runtime.protocol.Complete;
import dev.batchapi.runtime.protocol.Frame;
import dev.batchapi.runtime.protocol.FrameChannel;
import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.Handle;
import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.HandlerError.Reason;
import dev.batchapi.runtime.protocol.Invalid;
import dev.batchapi.runtime.protocol.Items;
import dev.batchapi.runtime.protocol.LostPushes;
import dev.batchapi.runtime.protocol.Permits;
import dev.batchapi.runtime.protocol.ProtocolException;
import dev.batchapi.runtime.protocol.Start;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.SynchronousQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The working half of the host, on the handler's thread: loads the handler and calls it. */
final class Session implements Runnable {
  private static final byte[] EMPTY_OBJECT = {'{', '}'};
  private static final byte[] NO_HEAD = {};

  private final FrameChannel channel;
  private final Path code;
  private final Start start;
  private final PrintStream errors;
  private final BoundedBytes result;

  /** Of the batch in hand: the items that failed, by their position among those handed over. */
  private SortedMap<Integer, HandlerError> itemErrors = new TreeMap<>();

  private final RatePermits permits;
  private final Supplier<JsonBinding> ours;
  private final SynchronousQueue<Frame> frames = new SynchronousQueue<>();

  /** Whether a frame may come: only between an answer and the next one. */
  private volatile boolean listening;

  private volatile int exitCode = JavaHost.EXIT_WORKER_GONE;

  /** Whether the handler has left this process broken. */
  private boolean broken;

  private volatile @Nullable HandlerMetrics metrics;

  Session(
      FrameChannel channel,
      Path code,
      Start start,
      PrintStream errors,
      Supplier<JsonBinding> ours) {
    this.ours = ours;
    this.channel = channel;
    this.code = code;
    this.start = start;
    this.errors = errors;
    this.result = new BoundedBytes(start.limits().resultBytes());
    this.permits = new RatePermits(channel);
  }

  /**
   * Hands over what the worker sent. Called on another thread.
   *
   * @throws ProtocolException if nothing was to come
   */
  void give(Frame frame) throws ProtocolException {
    if (!listening) {
      throw new ProtocolException(
          "a frame " + frame.type() + " before the one before it was answered");
    }
    listening = false;
    try {
      frames.put(frame);
    } catch (InterruptedException e) {
      throw new ProtocolException("the host was interrupted");
    }
  }

  /** Hands over permits that were wanted. Called on another thread. */
  void permitted(Permits some) throws ProtocolException {
    permits.came(some);
  }

  /** What the process is to end with, once this has run. */
  int exitCode() {
    return exitCode;
  }

  /** Whatever was pushed is sent. May be called on any thread, and twice. */
  void closeMetrics() {
    HandlerMetrics open = metrics;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void run() {
    try {
      serve();
    } catch (ProtocolException e) {
      errors.println("batchapi host: the worker sent what is not the protocol: " + e.getMessage());
    } catch (IOException e) {
      // The worker is gone; the other thread sees it as well.
    } catch (InterruptedException e) {
      errors.println("batchapi host: interrupted");
    } catch (OutOfMemoryError e) {
      exitCode = JavaHost.EXIT_BROKEN; // No room for an answer either: the end is the answer.
    } finally {
      if (exitCode != JavaHost.EXIT_STOPPED && exitCode != JavaHost.EXIT_REPLACE) {
        hangUp();
      }
    }
  }

  private void hangUp() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is closed, then.
    }
  }

  private void serve() throws IOException, InterruptedException {
    HandlerThread thread = (HandlerThread) Thread.currentThread();
    LoadedHandler handler;
    ClassLoader loader;
    HandlerMetrics open;
    try {
      HandlerLoader loading = loading();
      loader = loading.loader();
      open = HandlerMetrics.open(start.metrics(), channel);
      metrics = open;
      try (var _ = thread.give(loader)) {
        handler = loading.load(start, open, ours);
      }
    } catch (HandlerInvalidException e) {
      byte[] message =
          new Invalid(String.valueOf(e.getMessage())).encode(start.limits().errorBytes());
      channel.write(FrameType.INVALID, message);
      exitCode = JavaHost.EXIT_NO_HANDLER;
      return;
    } catch (HandlerBrokenException e) {
      fail(FrameType.BROKEN, AuthorErrors.of(e.thrown()));
      exitCode = JavaHost.EXIT_NO_HANDLER;
      return;
    }
    listening = true;
    channel.write(FrameType.READY, EMPTY_OBJECT);
    while (true) {
      Frame frame = frames.take();
      switch (frame.type()) {
        case HANDLE -> {
          Handle batch = Handle.decode(frame.body());
          Optional<HandlerError> error;
          try (var _ = thread.give(loader)) {
            error = handle(handler, batch);
          }
          open.beforeTheAnswer();
          answer(error);
          open.flushSoon();
        }
        case COMPLETE -> {
          JobSummary summary = Complete.decode(frame.body()).summary();
          Optional<HandlerError> error;
          try (var _ = thread.give(loader)) {
            error = complete(handler, summary);
          }
          open.beforeTheAnswer();
          answer(error);
          open.flushSoon();
        }
        case STOP, REPLACE -> {
          boolean stopped = frame.type() == FrameType.STOP;
          exitCode = stopped ? JavaHost.EXIT_STOPPED : JavaHost.EXIT_REPLACE;
          if (!broken) {
            try (var _ = thread.give(loader)) {
              close(handler);
            }
          }
          closeMetrics();
          sayWhatWasLost(open);
          return;
        }
        default -> throw new ProtocolException("a frame " + frame.type() + " from the worker");
      }
    }
  }

  private void sayWhatWasLost(HandlerMetrics closed) {
    LostPushes lost = closed.losses();
    try {
      if (!lost.losses().isEmpty()) {
        channel.write(FrameType.LOSSES, lost.encode());
      }
    } catch (IOException e) {
      // The worker need not wait for it; this process has logged each reason.
    }
  }

  private HandlerLoader loading() throws HandlerInvalidException {
    if (!start.handler().language().equals("java")) {
      throw new HandlerInvalidException(
          "the handler's language is " + start.handler().language() + ", and this host runs Java");
    }
    return new HandlerLoader(code, start.handler().classpath());
  }

  private Optional<HandlerError> handle(LoadedHandler handler, Handle batch) {
    result.clear();
    itemErrors = new TreeMap<>();
    try {
      ByteBuffer payload = batch.payload();
      List<?> items;
      try {
        items =
            handler
                .items()
                .read(
                    payload.array(),
                    payload.arrayOffset() + payload.position(),
                    payload.remaining());
      } catch (BindingException e) {
        return Optional.of(AuthorErrors.of(e, Reason.FatalError));
      }
      @SuppressWarnings("unchecked") // A list that was made for this handler alone.
      List<Object> given = (List<Object>) chosen(items, batch);
      BatchContext context = context(batch, given.size());
      Object returned = call(handler, given, context, batch.deadline());
      return write(handler, returned, given.size(), !batch.positions().isEmpty());
    } catch (Throwable thrown) {
      return Optional.of(AuthorErrors.of(thrown));
    }
  }

  private @Nullable Object call(
      LoadedHandler handler, List<Object> given, BatchContext context, long end) throws Throwable {
    try (var deadline = new HandlerDeadline(Thread.currentThread(), end)) {
      try {
        return start.handler().rated()
            ? rated(handler, given, context, deadline)
            : call(handler, given, context, deadline, () -> true);
      } catch (Throwable thrown) {
        throw deadline.reason(thrown);
      }
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
    int concurrency = start.handler().concurrency();
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

  private static BatchContext context(Handle batch, int items) {
    Optional<Instant> deadline =
        batch.deadline() == 0
            ? Optional.empty()
            : Optional.of(Instant.ofEpochMilli(batch.deadline()));
    var numbers = new ArrayList<Integer>();
    for (int at = 0; at < items; at++) {
      int position = batch.positions().isEmpty() ? at : batch.positions().get(at);
      numbers.add(batch.number(position));
    }
    return new BatchContext(batch.batchId(), batch.index(), batch.attempt(), deadline, numbers);
  }

  /**
   * Writes what the handler returned.
   *
   * @param items how many it got
   * @param again whether these failed before, and others of the batch have a result each
   */
  private Optional<HandlerError> write(
      LoadedHandler handler, @Nullable Object returned, int items, boolean again) {
    var perItem = start.handler().perItem() ? ItemResults.of(returned) : null;
    if (perItem == null) {
      return again && start.handler().perItem()
          ? Optional.of(
              AuthorErrors.misshapen(
                  "the handler returned no list for the %d items that were tried again, and a list with one result for each item before"
                      .formatted(items)))
          : write(handler, returned);
    }
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

  private Optional<HandlerError> complete(LoadedHandler handler, JobSummary summary) {
    result.clear();
    itemErrors = new TreeMap<>();
    try {
      handler.onJobComplete(summary);
      return Optional.empty();
    } catch (Throwable thrown) {
      return Optional.of(AuthorErrors.of(thrown));
    }
  }

  private void close(LoadedHandler handler) {
    if (handler.handler() instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Throwable thrown) {
        errors.println("batchapi host: close() failed\n" + AuthorStack.of(thrown));
      }
    }
  }

  private void answer(Optional<HandlerError> error) throws IOException {
    listening = true;
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

  private void fail(FrameType type, HandlerError error) throws IOException {
    channel.write(type, error.encode(start.limits().errorBytes()));
  }
}
