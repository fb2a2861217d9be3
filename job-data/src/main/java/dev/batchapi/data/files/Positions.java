package dev.batchapi.data.files;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Ascending numbers. In memory as on their way they are runs: pairs of a first one and how many
 * follow each other. They come from programs of an author's namespace, so that nothing is as large
 * as they say before they were looked at.
 */
public final class Positions {
  static final Positions NONE = new Positions(new int[0]);

  private final int[] runs;

  private Positions(int[] runs) {
    this.runs = runs;
  }

  /**
   * These.
   *
   * @param numbers ascending, from 0
   */
  static Positions of(int[] numbers) {
    var runs = new int[2 * numbers.length];
    var length = 0;
    for (var number : numbers) {
      if (length > 0 && runs[length - 2] + runs[length - 1] == number) {
        runs[length - 1]++;
      } else {
        runs[length++] = number;
        runs[length++] = 1;
      }
    }
    return new Positions(Arrays.copyOf(runs, length));
  }

  /**
   * Those of runs that somebody has sent.
   *
   * @throws IOException if they are none
   */
  static Positions read(int[] runs) throws IOException {
    var end = 0L;
    for (var i = 0; i + 1 < runs.length; i += 2) {
      if (runs[i] < end || runs[i + 1] < 1) {
        throw new IOException("its numbers do not ascend");
      }
      end = (long) runs[i] + runs[i + 1];
    }
    if (runs.length % 2 != 0 || end > Integer.MAX_VALUE) {
      throw new IOException("its numbers are none");
    }
    return new Positions(runs);
  }

  int[] runs() {
    return runs;
  }

  /** How many. */
  public long count() {
    var count = 0L;
    for (var i = 1; i < runs.length; i += 2) {
      count += runs[i];
    }
    return count;
  }

  public boolean isEmpty() {
    return runs.length == 0;
  }

  /** Whether a number is one of them. */
  public boolean contains(int number) {
    var low = 0;
    for (var high = runs.length / 2; low < high; ) {
      var middle = (low + high) >>> 1;
      if (runs[2 * middle] <= number) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low > 0 && number - runs[2 * low - 2] < runs[2 * low - 1];
  }

  /** Those of them that are also among these. */
  Positions only(int[] numbers) {
    return isEmpty() ? this : of(Arrays.stream(numbers).filter(this::contains).toArray());
  }

  /** All of them; {@link #count} is to be asked before. */
  int[] toArray() {
    return IntStream.range(0, runs.length / 2)
        .flatMap(run -> IntStream.range(runs[2 * run], runs[2 * run] + runs[2 * run + 1]))
        .toArray();
  }

  @Override
  public String toString() {
    return Arrays.toString(runs).replace(" ", "");
  }
}
