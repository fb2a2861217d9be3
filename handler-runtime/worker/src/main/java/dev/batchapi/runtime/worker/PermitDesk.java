package dev.batchapi.runtime.worker;

import dev.batchapi.runtime.protocol.Frame;
import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.Permits;
import dev.batchapi.runtime.protocol.Want;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers what a host wants in the middle of a call. Used by the worker's own thread. */
final class PermitDesk {
  /** How long a worker that is to stop may not notice it. */
  private static final Duration LOOK = Duration.ofMillis(250);

  private final HostConnection connection;
  private final CallPermits permits;
  private final BatchDeadline limit;
  private Optional<Instant> deadline;
  private boolean granted;
  private boolean refused;

  /**
   * For one call.
   *
   * @param deadline as the handler was told; waiting moves it
   * @param limit when the process is ended; waiting moves it as well
   */
  PermitDesk(
      HostConnection connection,
      CallPermits permits,
      Optional<Instant> deadline,
      BatchDeadline limit) {
    this.connection = connection;
    this.permits = permits;
    this.deadline = deadline;
    this.limit = limit;
  }

  /** Waits for the next event that is no want. */
  HostConnection.Event next() throws IOException, InterruptedException {
    var event = connection.take();
    while (event instanceof HostConnection.Event.Came(var frame, var _)
        && frame.type() == FrameType.WANT) {
      var instead = answer(frame);
      event = instead == null ? connection.take() : instead;
    }
    return event;
  }

  /** Whether the call had no permit and is to have none: no attempt was made. */
  boolean turnedAway() {
    return refused && !granted;
  }

  /** Null once it is answered; else what came in its place. */
  private HostConnection.@Nullable Event answer(Frame frame)
      throws IOException, InterruptedException {
    var want = Want.decode(frame.body());
    if (want.count() == 0) {
      return null; // withdrawn too late: it was answered
    }
    var began = System.nanoTime();
    limit.pause();
    permits.waits();
    var count = 0;
    while (count == 0) {
      switch (permits.ask(want.count(), want.whole())) {
        case RateShare.Asked.Granted(var some) -> {
          count = some;
          granted = true;
          continue;
        }
        case RateShare.Asked.Refused _ -> {
          refused = true;
          return goOn(began, 0);
        }
        case RateShare.Asked.Wait(var time) -> {
          var event = connection.poll(time.compareTo(LOOK) < 0 ? time : LOOK);
          if (event instanceof HostConnection.Event.Came(var other, var _)
              && other.type() == FrameType.WANT
              && Want.decode(other.body()).count() == 0) {
            return goOn(began, 0);
          }
          if (event != null) {
            return event;
          }
        }
      }
    }
    return goOn(began, count);
  }

  private HostConnection.@Nullable Event goOn(long began, int count) throws IOException {
    var waited = Duration.ofNanos(System.nanoTime() - began);
    deadline = deadline.map(at -> at.plus(waited));
    permits.goesOn(waited);
    limit.goOn(waited);
    var until = deadline.map(Instant::toEpochMilli).orElse(0L);
    connection.write(FrameType.PERMITS, new Permits(count, until).encode());
    return null;
  }
}
