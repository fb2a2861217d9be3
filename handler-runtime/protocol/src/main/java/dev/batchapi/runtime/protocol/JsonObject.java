package dev.batchapi.runtime.protocol;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON object whose fields are asked for by name and type; what is wrong is named. */
record JsonObject(String what, Map<String, @Nullable Object> fields) {

  String string(String name) throws ProtocolException {
    return required(name, optionalString(name));
  }

  @Nullable String optionalString(String name) throws ProtocolException {
    Object value = fields.get(name);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw wrong(name, "a string", value);
  }

  int integer(String name) throws ProtocolException {
    Object value = required(name, fields.get(name));
    if (value instanceof Integer number && number >= 0) {
      return number;
    }
    throw wrong(name, "an integer of 0 to 2147483647", value);
  }

  long number(String name) throws ProtocolException {
    Object value = required(name, fields.get(name));
    if (value instanceof Integer || value instanceof Long) {
      return ((Number) value).longValue();
    }
    throw wrong(name, "an integer", value);
  }

  boolean bool(String name) throws ProtocolException {
    Object value = required(name, fields.get(name));
    if (value instanceof Boolean bool) {
      return bool;
    }
    throw wrong(name, "true or false", value);
  }

  /** False if it is missing. */
  boolean flag(String name) throws ProtocolException {
    return fields.get(name) != null && bool(name);
  }

  boolean has(String name) {
    return fields.get(name) != null;
  }

  JsonObject object(String name) throws ProtocolException {
    return new JsonObject(what + "." + name, map(name));
  }

  List<JsonObject> objects(String name) throws ProtocolException {
    if (!(fields.get(name) instanceof List<?> list)) {
      throw wrong(name, "a list of objects", fields.get(name));
    }
    List<JsonObject> objects = new ArrayList<>(list.size());
    for (Object element : list) {
      objects.add(new JsonObject(what + "." + name, asMap(name, element)));
    }
    return objects;
  }

  Map<String, @Nullable Object> map(String name) throws ProtocolException {
    return asMap(name, required(name, fields.get(name)));
  }

  private Map<String, @Nullable Object> asMap(String name, @Nullable Object value)
      throws ProtocolException {
    if (!(value instanceof Map<?, ?> map)) {
      throw wrong(name, "an object", value);
    }
    Map<String, @Nullable Object> copy = LinkedHashMap.newLinkedHashMap(map.size());
    for (Map.Entry<?, ?> field : map.entrySet()) {
      copy.put((String) field.getKey(), field.getValue());
    }
    return copy;
  }

  Map<String, String> strings(String name) throws ProtocolException {
    JsonObject object = object(name);
    Map<String, String> strings = new LinkedHashMap<>();
    for (String key : object.fields.keySet()) {
      strings.put(key, object.string(key));
    }
    return strings;
  }

  List<String> stringList(String name) throws ProtocolException {
    if (!(fields.get(name) instanceof List<?> list)) {
      throw wrong(name, "a list of strings", fields.get(name));
    }
    List<String> strings = new ArrayList<>(list.size());
    for (Object element : list) {
      if (!(element instanceof String text)) {
        throw wrong(name, "a list of strings", list);
      }
      strings.add(text);
    }
    return strings;
  }

  private <T> T required(String name, @Nullable T value) throws ProtocolException {
    if (value == null) {
      throw missing(name);
    }
    return value;
  }

  private ProtocolException missing(String name) {
    return new ProtocolException("%s.%s is missing".formatted(what, name));
  }

  private ProtocolException wrong(String name, String wanted, @Nullable Object found) {
    return new ProtocolException("%s.%s must be %s, not %s".formatted(what, name, wanted, found));
  }
}
