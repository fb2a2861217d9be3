package dev.batchapi.runtime.host;

import dev.batchapi.handler.BatchHandler;
import dev.batchapi.handler.ItemHandler;
import dev.batchapi.handler.JobSummary;

/**
 * A handler ready for batches.
 *
 * @param handler the author's object: a {@link BatchHandler} or an {@link ItemHandler}
 * @param items reads its payloads
 * @param binding writes its results
 */
record LoadedHandler(Object handler, JsonBinding.Items items, JsonBinding binding) {

  /** Whether it handles one item after the other. */
  boolean isOfItems() {
    return handler instanceof ItemHandler;
  }

  /** The handler as something to call: what {@code items} reads is what it takes. */
  @SuppressWarnings("unchecked") // ItemType has read I from this very class.
  BatchHandler<Object, Object> ofBatches() {
    return (BatchHandler<Object, Object>) handler;
  }

  /** The same of a handler of items. */
  @SuppressWarnings("unchecked") // ItemType has read I from this very class.
  ItemHandler<Object, Object> ofItems() {
    return (ItemHandler<Object, Object>) handler;
  }

  void onJobComplete(JobSummary summary) throws Exception {
    if (isOfItems()) {
      ofItems().onJobComplete(summary);
    } else {
      ofBatches().onJobComplete(summary);
    }
  }
}
