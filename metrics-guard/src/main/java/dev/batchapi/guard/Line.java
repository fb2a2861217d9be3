package dev.batchapi.guard;

import dev.batchapi.metrics.Kind;
import dev.batchapi.metrics.WireRules;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One line as it was sent, taken apart without copying it: {@code name:value|kind}, and after it in
 * any order {@code |@rate}, {@code |#key:value,key:value}, and what Datadog's clients add, {@code
 * |c:container} and {@code |Ttime}. One object serves for all lines, one after the other.
 */
final class Line {
  private static final byte[] CONTAINER_KEY = "container_id".getBytes(StandardCharsets.ISO_8859_1);

  private final Sections sections = new Sections();
  private final byte[] scratch = new byte[WireRules.MAX_LINE_BYTES + 16];
  private byte[] data = new byte[0];
  private int nameFrom;
  private int nameTo;
  private Kind kind = Kind.COUNTER;
  private int events;

  /**
   * Reads one line.
   *
   * @return why it may not pass whatever was sent before; null if it may, as far as its form goes
   */
  @Nullable Reason read(byte[] datagram, int from, int to) {
    data = datagram;
    if (to - from > WireRules.MAX_LINE_BYTES) {
      return Reason.LENGTH;
    }
    if (startsWith(from, to, "_e{") || startsWith(from, to, "_sc|")) {
      return Reason.UNSUPPORTED;
    }
    int colon = find(':', from, to);
    int bar = find('|', from, to);
    if (colon == from || colon >= bar || bar == to) {
      return Reason.FORMAT;
    }
    nameFrom = from;
    nameTo = colon;
    if (!isName(from, colon)) {
      return Reason.NAME;
    }
    int kindTo = find('|', bar + 1, to);
    Reason reason = readKind(bar + 1, kindTo);
    if (reason == null) {
      reason = readValues(colon + 1, bar);
    }
    if (reason == null) {
      reason = sections.read(data, kindTo, to);
    }
    if (reason == null && kind == Kind.HISTOGRAM) {
      events *= sections.weight();
      reason = events > Sections.MAX_WEIGHT ? Reason.SAMPLE_RATE : null;
    }
    return reason;
  }

  /** A counter, a gauge or a histogram: timers and distributions are histograms to the exporter. */
  Kind kind() {
    return kind;
  }

  /** How many times the exporter has to update something for it, 1 to 1,000. */
  int events() {
    return events;
  }

  /** The name as the exporter shows it. */
  String exposedName() {
    return text(WireRules.expose(data, nameFrom, nameTo, scratch));
  }

  /** What may not pass although its form is right: names and keys that are taken. */
  @Nullable Reason forbidden() {
    String name = exposedName();
    if (WireRules.belongsToServer(name) || WireRules.belongsToPlatform(name)) {
      return Reason.NAME;
    }
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < sections.tags(); i++) {
      String key = text(WireRules.expose(data, sections.from(i), sections.colon(i), scratch));
      if (WireRules.isTakenTagKey(key) || !keys.add(key)) {
        return Reason.TAG;
      }
    }
    return sections.hasContainer() && !keys.add(new String(CONTAINER_KEY, StandardCharsets.UTF_8))
        ? Reason.TAG
        : null;
  }

  /** The same for the same name, kind and tags as the exporter shows them, in whatever order. */
  long identity(SipHash hash) {
    long sum = hashOfName(hash);
    for (int i = 0; i < sections.tags(); i++) {
      int key = WireRules.expose(data, sections.from(i), sections.colon(i), scratch);
      sum += hashOfTag(hash, key, sections.colon(i), sections.to(i));
    }
    if (sections.hasContainer()) {
      System.arraycopy(CONTAINER_KEY, 0, scratch, 0, CONTAINER_KEY.length);
      int colon = sections.containerFrom() - 1;
      sum += hashOfTag(hash, CONTAINER_KEY.length, colon, sections.containerTo());
    }
    return sum;
  }

  /**
   * The same for the same name, kind and tag keys: the exporter never forgets one of these, not
   * even when its last series has gone.
   */
  long shape(SipHash hash) {
    long sum = hashOfName(hash);
    for (int i = 0; i < sections.tags(); i++) {
      int key = WireRules.expose(data, sections.from(i), sections.colon(i), scratch);
      sum += hash.hash(scratch, 0, key);
    }
    return sections.hasContainer() ? sum + hash.hash(CONTAINER_KEY, 0, CONTAINER_KEY.length) : sum;
  }

  /** Its name and kind have a sign between them, a tag has another: neither is ever the other. */
  private long hashOfName(SipHash hash) {
    int length = WireRules.expose(data, nameFrom, nameTo, scratch);
    scratch[length++] = '|';
    scratch[length++] = (byte) kind.letter();
    return hash.hash(scratch, 0, length);
  }

  /** Of a key that is in the scratch already, and the value that follows the colon. */
  private long hashOfTag(SipHash hash, int keyLength, int colon, int to) {
    System.arraycopy(data, colon, scratch, keyLength, to - colon);
    return hash.hash(scratch, 0, keyLength + to - colon);
  }

  private boolean isName(int from, int to) {
    for (int i = from; i < to; i++) {
      if (!WireRules.isInNames(data[i])) {
        return false;
      }
    }
    return to - from <= WireRules.MAX_NAME;
  }

  private @Nullable Reason readKind(int from, int to) {
    int letter =
        to - from == 1 ? data[from] : startsWith(from, to, "ms") && to - from == 2 ? 'h' : 0;
    switch (letter) {
      case 'c' -> kind = Kind.COUNTER;
      case 'g' -> kind = Kind.GAUGE;
      case 'h', 'd' -> kind = Kind.HISTOGRAM;
      case 's' -> {
        return Reason.UNSUPPORTED;
      }
      default -> {
        return Reason.FORMAT;
      }
    }
    return null;
  }

  /** Several values between colons are several observations. */
  private @Nullable Reason readValues(int from, int to) {
    events = 0;
    int valueFrom = from;
    while (valueFrom <= to) {
      int valueTo = find(':', valueFrom, to);
      if (!Numbers.isAcceptable(data, valueFrom, valueTo, kind != Kind.COUNTER)) {
        return Reason.VALUE;
      }
      events++;
      valueFrom = valueTo + 1;
    }
    return events > 1 && kind != Kind.HISTOGRAM ? Reason.FORMAT : null;
  }

  private boolean startsWith(int from, int to, String text) {
    if (to - from < text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (data[from + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The first of this sign, or {@code to}. */
  private int find(char sign, int from, int to) {
    for (int i = from; i < to; i++) {
      if (data[i] == sign) {
        return i;
      }
    }
    return to;
  }

  private String text(int length) {
    return new String(scratch, 0, length, StandardCharsets.ISO_8859_1);
  }
}
