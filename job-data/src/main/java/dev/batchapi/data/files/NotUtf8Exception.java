package dev.batchapi.data.files;

import dev.batchapi.data.input.InputException;

/** A record isn't UTF-8 text. */
final class NotUtf8Exception extends InputException {
  private static final long serialVersionUID = 1L;

  NotUtf8Exception(String message) {
    super(message);
  }
}
