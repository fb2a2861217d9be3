package dev.batchapi.data.input;

import dev.batchapi.contract.Payload;

/** The input can't be used; the message says which item, what is wrong with it and the way out. */
public class InputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InputException(String message) {
    super(message);
  }

  /** Refuses a batch that is too large to travel. */
  public static InputException tooLarge(int index, String items, long size) {
    return new InputException(
        "Batch %d (%s) has %,d bytes; a payload may have %,d. Use a smaller batchSize, or items that refer to the data instead of holding it."
            .formatted(index, items, size, Payload.MAX_BYTES));
  }
}
