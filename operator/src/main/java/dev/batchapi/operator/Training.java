package dev.batchapi.operator;

/** placeholder. */
final class Training {
  private Training() {}

  static void run() {}
}
