package dev.batchapi.operator.job.program;

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
   * @param away whether the last one ended because the queue or a store was away or full
   * @param message for people
   */
  record Underway<E>(boolean away, String message) implements ProgramResult<E> {}

  /**
   * They ended again and again for nothing: no other one is made.
   *
   * @param message for people
   */
  record GivenUp<E>(String message) implements ProgramResult<E> {}
}
