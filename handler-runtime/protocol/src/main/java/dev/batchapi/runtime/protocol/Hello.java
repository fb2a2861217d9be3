package dev.batchapi.runtime.protocol;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A host's first words.
 *
 * @param protocol the version it speaks
 * @param language {@code java} or {@code python}
 * @param runtime for people, such as {@code CPython 3.11.7}
 * @param pid its process, as it sees it
 * @param replaceable whether a process that ends after REPLACE is followed by another one
 * @param endsBatches whether it ends a batch at its deadline by itself, and answers
 */
public record Hello(
    int protocol,
    String language,
    String runtime,
    long pid,
    boolean replaceable,
    boolean endsBatches) {
  /** The version that this code speaks. */
  public static final int PROTOCOL = 2;

  /** Of a host that leaves it to the worker to end a batch. */
  public Hello(int protocol, String language, String runtime, long pid, boolean replaceable) {
    this(protocol, language, runtime, pid, replaceable, false);
  }

  /** Of a process that nobody starts again. */
  public Hello(int protocol, String language, String runtime, long pid) {
    this(protocol, language, runtime, pid, false);
  }

  public byte[] encode() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("protocol", protocol);
    json.put("language", language);
    json.put("runtime", runtime);
    json.put("pid", pid);
    json.put("replaceable", replaceable);
    json.put("ends_batches", endsBatches);
    return PlainJson.write(json);
  }

  /** Reads one of any version: who reads it decides what to say about another one. */
  public static Hello decode(byte[] body) throws ProtocolException {
    JsonObject json = PlainJson.readObject("HELLO", body);
    return new Hello(
        json.integer("protocol"),
        json.string("language"),
        json.string("runtime"),
        json.number("pid"),
        json.flag("replaceable"),
        json.flag("ends_batches"));
  }
}
