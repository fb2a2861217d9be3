package dev.batchapi.runtime.worker;

import java.time.Duration;

/** What one call of a host may have of its job's rate limit. Used by the worker's own thread. */
public interface CallPermits {
  /** Of a job without a rate limit, or for a call that is none of the handler's with items. */
  CallPermits UNLIMITED =
      new CallPermits() {
        @Override
        public RateShare.Asked ask(int wanted, boolean whole) {
          return new RateShare.Asked.Granted(wanted);
        }
      };

  /** Asks for permits, now or again. */
  RateShare.Asked ask(int wanted, boolean whole);

  /** The call waits from now on: what bounds its time stands still. */
  default void waits() {}

  /** It goes on after so long. */
  default void goesOn(Duration waited) {}
}
