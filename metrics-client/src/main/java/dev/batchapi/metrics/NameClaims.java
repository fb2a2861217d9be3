package dev.batchapi.metrics;

import java.util.HashMap;
import java.util.Map;

/**
 * Who uses which name of one exporter. Prometheus has one kind for a name, and a histogram needs
 * three more names; two that share one make the whole exposition fail. For one thread at a time.
 */
public final class NameClaims {
  private final Map<String, Owner> owners = new HashMap<>();

  private record Owner(Kind kind, String name) {}

  /**
   * Takes a name, and those beside it that its kind needs.
   *
   * @param exposed the name as the exporter shows it
   * @return false, and nothing taken, if one of them is another metric's
   */
  public boolean claim(Kind kind, String exposed) {
    Owner owner = new Owner(kind, exposed);
    for (String suffix : kind.suffixes()) {
      Owner holder = owners.get(exposed + suffix);
      if (holder != null && !holder.equals(owner)) {
        return false;
      }
    }
    for (String suffix : kind.suffixes()) {
      owners.put(exposed + suffix, owner);
    }
    return true;
  }

  /** Forgets all of them, as a restarted exporter does. */
  public void clear() {
    owners.clear();
  }
}
