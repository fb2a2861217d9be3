package dev.batchapi.metrics;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Which series a name and its tags are. What was seen before is found without a lock and without
 * allocating; what is new goes through the rules for names, tags, types and the number of series.
 */
final class SeriesTable {
  /** Digits that the sum of a counter must have room for, whatever it will be. */
  private static final int LONGEST_SUM = 20;

  private final Flavour flavour;
  private final int maxSeries;
  private final TagRules tagRules;
  private final Losses losses;
  private final SpellingCache spellings;

  private final ReentrantLock admission = new ReentrantLock();
  private final Map<String, Series> byIdentity = new HashMap<>();
  private final NameClaims names = new NameClaims();
  private final Collection<Series> counters = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();

  SeriesTable(MetricsSettings settings, Losses losses) {
    this.flavour = settings.flavour();
    this.maxSeries = settings.maxSeries();
    this.tagRules = new TagRules(settings.tags());
    this.losses = losses;
    this.spellings = new SpellingCache(maxSeries);
  }

  /** The counters there are, in the order they were first pushed. */
  Collection<Series> counters() {
    return counters;
  }

  int size() {
    return size.get();
  }

  /**
   * The series of a push, or null when it was dropped (and counted).
   *
   * @param tags the handler's; may be null, may hold anything, may throw
   * @throws dev.batchapi.handler.ReservedMetricNameException for a name of the platform
   */
  @Nullable Series find(Kind kind, @Nullable String name, @Nullable Map<?, ?> tags) {
    if (name == null || name.isEmpty()) {
      losses.count(Loss.NAME, name, "a metric needs a name");
      return null;
    }
    Map<?, ?> given = tags == null ? Map.of() : tags;
    int hash = SpellingCache.hash(kind, name, given);
    Spelling known = spellings.find(hash, kind, name, given);
    if (known == null) {
      known = admit(hash, kind, name, given);
      if (known == null) {
        return null;
      }
    }
    if (known.altered()) {
      countChanges(known);
    }
    return known.series();
  }

  private @Nullable Spelling admit(int hash, Kind kind, String name, Map<?, ?> given) {
    String clean = MetricName.clean(name);
    MetricName.requireNotReserved(clean);
    String exposed = MetricName.exposed(clean);
    if (flavour == Flavour.PROMETHEUS && WireRules.belongsToServer(exposed)) {
      losses.count(Loss.NAME, name, "this name is used by the metrics server itself");
      return null;
    }
    @Nullable Object[] keys = new Object[TagRules.readable(given)];
    @Nullable Object[] values = new Object[keys.length];
    int count = 0;
    for (Map.Entry<?, ?> entry : given.entrySet()) {
      if (count == keys.length) {
        break;
      }
      keys[count] = entry.getKey();
      values[count++] = entry.getValue();
    }
    keys = Arrays.copyOf(keys, count);
    values = Arrays.copyOf(values, count);
    TagRules.Tags tags = tagRules.clean(keys, values);
    Series series = series(kind, clean, exposed, tags);
    if (series == null) {
      return null;
    }
    Spelling spelling =
        new Spelling(
            hash,
            kind,
            name,
            keys,
            values,
            series,
            !clean.equals(name),
            tags.changed(),
            tags.dropped() || given.size() > count);
    spellings.add(spelling);
    return spelling;
  }

  private @Nullable Series series(Kind kind, String name, String exposed, TagRules.Tags tags) {
    Series fresh = new Series(kind, name, tags.pairs());
    admission.lock();
    try {
      Series known = byIdentity.get(fresh.identity());
      if (known != null) {
        return known;
      }
      if (fresh.lineLength(LONGEST_SUM) > WireRules.MAX_LINE_BYTES && kind == Kind.COUNTER) {
        losses.count(Loss.LENGTH, name, "its name and tags are longer than a datagram");
        return null;
      }
      if (byIdentity.size() >= maxSeries) {
        losses.count(
            Loss.CARDINALITY,
            name,
            "there are "
                + maxSeries
                + " series already, the limit of one worker; use tags with few values");
        return null;
      }
      if (flavour == Flavour.PROMETHEUS && !names.claim(kind, exposed)) {
        losses.count(
            Loss.TYPE, name, "this name, or one it needs, is in use for another kind of metric");
        return null;
      }
      byIdentity.put(fresh.identity(), fresh);
      size.set(byIdentity.size());
      if (kind == Kind.COUNTER) {
        counters.add(fresh);
      }
      return fresh;
    } finally {
      admission.unlock();
    }
  }

  private void countChanges(Spelling spelling) {
    if (spelling.nameChanged()) {
      losses.count(
          Loss.NAME_CHANGED,
          spelling.name(),
          "sent as \"" + spelling.series().name() + "\"; names have A-Z a-z 0-9 _ . -");
    }
    if (spelling.tagChanged()) {
      losses.count(
          Loss.TAG_CHANGED,
          spelling.name(),
          "a tag was renamed, cleaned, cut or overridden; sent with " + spelling.series().tags());
    }
    if (spelling.tagDropped()) {
      losses.count(
          Loss.TAG_DROPPED,
          spelling.name(),
          "a tag was empty, null, doubled or one too many; sent with " + spelling.series().tags());
    }
  }
}
