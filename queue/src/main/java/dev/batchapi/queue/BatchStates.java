package dev.batchapi.queue;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is known of each batch of a job, in two bytes: whether it is done, whether it failed, how
 * often it was tried in vain and how often it was lost. Made in pages, so that batches of which
 * nothing is known cost next to nothing. Not thread-safe.
 */
final class BatchStates {
  /**
   * Failed attempts of one batch that are told apart; ten times what {@code maxAttempts} may be.
   */
  static final int MOST_FAILURES = 1000;

  /** Losses of one batch that are told apart; it is given up after ten. */
  static final int MOST_LOSSES = 15;

  // Bits of a state, from the lowest: done, failed, ten of failures, four of losses.
  private static final int DONE = 1;
  private static final int FAILED = 2;
  private static final int FAILURES_SHIFT = 2;
  private static final int FAILURES_MASK = 0x3ff << FAILURES_SHIFT;
  private static final int LOSSES_SHIFT = 12;
  private static final int LOSSES_MASK = 0xf << LOSSES_SHIFT;

  private static final int PAGE = 2048;

  private char[] @Nullable [] pages;
  private int total;

  BatchStates(int total) {
    this.total = total;
    pages = new char[Math.ceilDiv(total, PAGE)][];
  }

  int total() {
    return total;
  }

  void grow(int more) {
    if (more > total) {
      total = more;
      pages = Arrays.copyOf(pages, Math.ceilDiv(more, PAGE));
    }
  }

  private int get(int index) {
    var page = pages[index / PAGE];
    return page == null || index % PAGE >= page.length ? 0 : page[index % PAGE];
  }

  private void set(int index, int state) {
    var page = pages[index / PAGE];
    if (page == null) {
      page = new char[Math.min(PAGE, total - index / PAGE * PAGE)];
      pages[index / PAGE] = page;
    } else if (index % PAGE >= page.length) { // the job has grown
      page = Arrays.copyOf(page, PAGE);
      pages[index / PAGE] = page;
    }
    page[index % PAGE] = (char) state;
  }

  boolean isDone(int index) {
    return (get(index) & DONE) != 0;
  }

  void done(int index, boolean failed) {
    set(index, get(index) | DONE | (failed ? FAILED : 0));
  }

  /** Takes a number of failed attempts if it is greater than before; by how much it is. */
  int raiseFailures(int index, int to) {
    return raise(index, Math.min(to, MOST_FAILURES), FAILURES_MASK, FAILURES_SHIFT);
  }

  /** The same of losses. */
  int raiseLosses(int index, int to) {
    return raise(index, Math.min(to, MOST_LOSSES), LOSSES_MASK, LOSSES_SHIFT);
  }

  private int raise(int index, int to, int mask, int shift) {
    var state = get(index);
    var before = (state & mask) >> shift;
    if (to <= before) {
      return 0;
    }
    set(index, (state & ~mask) | to << shift);
    return to - before;
  }

  int nextMissing(int from) {
    var index = from;
    while (index < total && isDone(index)) {
      index++;
    }
    return index;
  }

  int nextFailed(int from) {
    var index = from;
    while (index < total) {
      if (pages[index / PAGE] == null) {
        index = (index / PAGE + 1) * PAGE;
      } else if ((get(index) & FAILED) != 0) {
        return index;
      } else {
        index++;
      }
    }
    return total;
  }
}
