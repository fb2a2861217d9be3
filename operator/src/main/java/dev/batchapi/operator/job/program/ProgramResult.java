package dev.batchapi.operator.job.program;

import dev.batchapi.operator.status.Reason;
import org.jspecify.annotations.Nullable;

/**
 * How far a program is with what it does for a job.
 *
 * @param <E> what it says at its end
 */
public sealed interface ProgramResult<E> {

  /**
   * One has said how it went.
   *
   * @param attempt which one, from 0
   */
  record Done<E>(int attempt, E end) implements ProgramResult<E> {}

  /**
   * One is at work, or will be.
   *
   * @param trouble what keeps it from working: that the queue or a store is away or full, or why
   *     its pod can't be made or does not start; null: nothing that is known
   * @param message for people
   * @param percent of its work that is done; null: nobody knows
   */
  record Underway<E>(@Nullable Reason trouble, String message, @Nullable Integer percent)
      implements ProgramResult<E> {
    static <E> Underway<E> of(String message) {
      return new Underway<>(null, message, null);
    }
  }

  /**
   * They ended again and again for nothing: no other one is made.
   *
   * @param message for people
   */
  record GivenUp<E>(String message) implements ProgramResult<E> {}
}
