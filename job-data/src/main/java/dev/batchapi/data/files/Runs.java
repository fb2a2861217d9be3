package dev.batchapi.data.files;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Ascending numbers as they travel: pairs of a first one and how many follow each other. */
final class Runs {
  private Runs() {}

  static int[] of(int[] numbers) {
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
    return Arrays.copyOf(runs, length);
  }

  static IntStream numbers(int[] runs) {
    return IntStream.range(0, runs.length / 2)
        .flatMap(run -> IntStream.range(runs[2 * run], runs[2 * run] + runs[2 * run + 1]));
  }
}
