package dev.batchapi.runtime.host.jackson;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.batchapi.runtime.host.BindingException;
import dev.batchapi.runtime.host.JsonBinding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads payloads of one item type. */
final class JacksonItems implements JsonBinding.Items {
  private final ObjectMapper mapper;
  private final JavaType type;
  private final ObjectReader list;
  private final ObjectReader single;

  JacksonItems(ObjectMapper mapper, JavaType type) {
    this.mapper = mapper;
    this.type = type;
    JavaType all = mapper.getTypeFactory().constructCollectionType(List.class, type);
    this.list = reader(mapper, all);
    this.single = reader(mapper, type);
  }

  private static ObjectReader reader(ObjectMapper mapper, JavaType type) {
    return mapper
        .readerFor(type)
        .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        // What is missing, null or empty is a mistake where only a number fits, and not 0.
        .with(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);
  }

  @Override
  public List<?> read(byte[] json, int offset, int length, boolean alone) throws BindingException {
    List<?> items;
    try {
      items = list.readValue(json, offset, length);
    } catch (IOException | RuntimeException e) {
      List<?> each = alone ? each(json, offset, length) : List.of();
      if (each.isEmpty()) {
        throw Misfit.reading("payload", type, e, mapper, json, offset, length);
      }
      return each;
    }
    if (items == null) {
      throw new BindingException("the payload is null and not a JSON array", null);
    }
    return items;
  }

  /** The items of an array, or nothing if it is none. */
  @SuppressWarnings("deprecation") // An author's older Jackson has no other names for the places.
  private List<?> each(byte[] json, int offset, int length) {
    var items = new ArrayList<@Nullable Object>();
    try (JsonParser parser = mapper.getFactory().createParser(json, offset, length)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        return List.of();
      }
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        int from = offset + (int) parser.getTokenLocation().getByteOffset();
        var _ = parser.skipChildren();
        parser.finishToken();
        int to = offset + (int) parser.getCurrentLocation().getByteOffset();
        items.add(one(json, from, to - from));
      }
      return items;
    } catch (IOException e) {
      return List.of();
    }
  }

  private @Nullable Object one(byte[] json, int offset, int length) {
    try {
      return single.readValue(json, offset, length);
    } catch (IOException | RuntimeException e) {
      return Misfit.reading("item", type, e, mapper, json, offset, length);
    }
  }
}
