package dev.batchapi.runtime.host;

import dev.batchapi.handler.BatchHandler;

/**
 * A handler ready for batches.
 *
 * @param handler the author's object
 * @param items reads its payloads
 * @param binding writes its results
 */
record LoadedHandler(BatchHandler<?, ?> handler, JsonBinding.Items items, JsonBinding binding) {

  /** The handler as something to call: what {@code items} reads is what it takes. */
  @SuppressWarnings("unchecked") // ItemType has read I from this very class.
  BatchHandler<Object, Object> callable() {
    return (BatchHandler<Object, Object>) handler;
  }
}
