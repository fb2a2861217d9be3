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
    return switch (fields.get(name)) {
      case null -> null;
      case String text -> text;
      case Object other -> throw wrong(name, "a string", other);
    };
  }

  int integer(String name) throws ProtocolException {
    return switch (fields.get(name)) {
      case Integer number when number >= 0 -> number;
      case null -> throw missing(name);
      case Object other -> throw wrong(name, "an integer of 0 to 2147483647", other);
    };
  }

  long number(String name) throws ProtocolException {
    return switch (fields.get(name)) {
      case Integer number -> number;
      case Long number -> number;
      case null -> throw missing(name);
      case Object other -> throw wrong(name, "an integer", other);
    };
  }

  JsonObject object(String name) throws ProtocolException {
    return new JsonObject(what + "." + name, map(name));
  }

  Map<String, @Nullable Object> map(String name) throws ProtocolException {
    return switch (fields.get(name)) {
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put((String) key, value));
        yield copy;
      }
      case null -> throw missing(name);
      case Object other -> throw wrong(name, "an object", other);
    };
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
