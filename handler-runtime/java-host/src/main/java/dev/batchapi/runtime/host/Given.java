package dev.batchapi.runtime.host;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What of a batch its handler gets.
 *
 * @param items those that fit its item type
 * @param misfits why the others don't, by their positions among all
 */
record Given(List<Object> items, SortedMap<Integer, BindingException> misfits) {

  /** Of these, of which each is an item or a {@link BindingException} in its place. */
  @SuppressWarnings("unchecked") // A list that was made for this handler alone.
  static Given of(List<?> read) {
    var misfits = new TreeMap<Integer, BindingException>();
    for (int at = 0; at < read.size(); at++) {
      if (read.get(at) instanceof BindingException misfit) {
        misfits.put(at, misfit);
      }
    }
    if (misfits.isEmpty()) {
      return new Given((List<Object>) read, misfits);
    }
    var items = new ArrayList<@Nullable Object>(read);
    items.removeIf(BindingException.class::isInstance);
    return new Given((List<Object>) (List<?>) items, misfits);
  }

  /** How many there were. */
  int all() {
    return items.size() + misfits.size();
  }

  /** Whether there were some and none of them fits. */
  boolean isNothing() {
    return items.isEmpty() && !misfits.isEmpty();
  }
}
