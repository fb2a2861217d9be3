package dev.batchapi.guard;

import dev.batchapi.metrics.NameClaims;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which series the exporter has because of what passed, as numbers that nobody can steer ({@link
 * SipHash}). A known one is found without allocating; a new one passes only while its sender, its
 * name and all together are within their limits, for that is what the exporter's memory is.
 */
final class SeriesTable {
  private static final long NONE = 0;

  private final SipHash hash = SipHash.ofThisProcess();
  private final NameClaims claims = new NameClaims();
  private final Map<String, Name> names = new HashMap<>();
  private final Set<Long> shapes = new HashSet<>();
  private final int max;
  private final int senderPart;
  private final int ttlSeconds;

  private final int mask;
  private long[] identities;
  private int[] lastPush;
  private Sender[] owners;
  private Name[] namesOf;
  private int size;

  private static final class Name {
    int series;
  }

  /**
   * @param max most series, and most names with their sets of tag keys
   * @param senderPart which part of what is free one sender may hold: 8 is an eighth
   * @param ttlSeconds after how long without a push the exporter has certainly forgotten a series
   */
  SeriesTable(int max, int senderPart, int ttlSeconds) {
    this.max = max;
    this.senderPart = senderPart;
    this.ttlSeconds = ttlSeconds;
    int capacity = Integer.highestOneBit(max) * 4;
    mask = capacity - 1;
    identities = new long[capacity];
    lastPush = new int[capacity];
    owners = new Sender[capacity];
    namesOf = new Name[capacity];
  }

  int size() {
    return size;
  }

  /** Names, each with its sets of tag keys. */
  int shapes() {
    return shapes.size();
  }

  int max() {
    return max;
  }

  /** Notes a push; says why it may not pass, or null if it may. */
  @Nullable Reason push(Line line, Sender sender, int now) {
    long identity = line.identity(hash);
    if (identity == NONE) {
      identity = 1;
    }
    int slot = slot(identity);
    if (identities[slot] == identity) {
      lastPush[slot] = now;
      return null;
    }
    Reason reason = line.forbidden();
    return reason != null ? reason : admit(line, identity, slot, sender, now);
  }

  private @Nullable Reason admit(Line line, long identity, int slot, Sender sender, int now) {
    if (!Share.allows(sender.series, 1, max - size, senderPart)) {
      return Reason.SENDER_SERIES;
    }
    String exposed = line.exposedName();
    Name name = names.get(exposed);
    if (name != null && !Share.allows(name.series, 1, max - size, 1)) {
      return Reason.NAME_SERIES;
    }
    Long shape = line.shape(hash);
    boolean newShape = !shapes.contains(shape);
    if (newShape && !Share.allows(sender.shapes, 1, max - shapes.size(), senderPart)) {
      return Reason.NAMES;
    }
    if (!claims.claim(line.kind(), exposed)) {
      return Reason.TYPE;
    }
    if (newShape) {
      shapes.add(shape);
      sender.shapes++;
    }
    if (name == null) {
      name = new Name();
      names.put(exposed, name);
    }
    name.series++;
    sender.series++;
    put(slot, identity, now, sender, name);
    size++;
    return null;
  }

  /** Where this series is, or would be. Half of the slots and more are empty. */
  private int slot(long identity) {
    int slot = (int) identity & mask;
    while (identities[slot] != identity && identities[slot] != NONE) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void put(int slot, long identity, int now, Sender owner, Name name) {
    identities[slot] = identity;
    lastPush[slot] = now;
    owners[slot] = owner;
    namesOf[slot] = name;
  }

  /** Forgets series that the exporter has forgotten. Names it never forgets. */
  void expire(int now) {
    long[] old = identities;
    int[] pushed = lastPush;
    Sender[] senders = owners;
    Name[] named = namesOf;
    if (!anyExpired(now)) {
      return;
    }
    identities = new long[old.length];
    lastPush = new int[old.length];
    owners = new Sender[old.length];
    namesOf = new Name[old.length];
    int kept = 0;
    for (int i = 0; i < old.length; i++) {
      if (old[i] == NONE) {
        continue;
      }
      if (isExpired(pushed[i], now)) {
        senders[i].series--;
        named[i].series--;
      } else {
        put(slot(old[i]), old[i], pushed[i], senders[i], named[i]);
        kept++;
      }
    }
    size = kept;
  }

  private boolean anyExpired(int now) {
    for (int i = 0; i < identities.length; i++) {
      if (identities[i] != NONE && isExpired(lastPush[i], now)) {
        return true;
      }
    }
    return false;
  }

  private boolean isExpired(int pushed, int now) {
    return now - pushed > ttlSeconds;
  }

  /** Forgets everything, as the exporter does when it is restarted. */
  void clear() {
    claims.clear();
    names.clear();
    shapes.clear();
    identities = new long[identities.length];
    owners = new Sender[owners.length];
    namesOf = new Name[namesOf.length];
    size = 0;
  }
}
