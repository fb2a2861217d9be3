package dev.batchapi.data.parquet;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.schema.GroupType;
import org.jspecify.annotations.Nullable;

/** A map whose keys are single values: an object in JSON, with the keys as text. */
final class MapConverter extends GroupConverter {
  private final Entry entries;
  private final Target target;
  private Map<String, @Nullable Object> map = new LinkedHashMap<>();

  MapConverter(GroupType type, Target target, Mistake mistake) {
    this.target = target;
    entries = new Entry(type.getType(0).asGroupType(), mistake);
  }

  /** Whether it is such a map. */
  static boolean fits(GroupType type) {
    return !type.getType(0).isPrimitive()
        && type.getType(0).asGroupType().getFieldCount() == 2
        && type.getType(0).asGroupType().getType(0).isPrimitive();
  }

  @Override
  public Converter getConverter(int field) {
    return entries;
  }

  @Override
  public void start() {
    map = new LinkedHashMap<>();
  }

  @Override
  public void end() {
    target.set(map);
  }

  private final class Entry extends GroupConverter {
    private final Converter keys;
    private final Converter values;
    private @Nullable Object key;
    private @Nullable Object value;

    Entry(GroupType type, Mistake mistake) {
      keys = Columns.of(type.getType(0), this::takeKey, mistake);
      values = Columns.of(type.getType(1), this::takeValue, mistake);
    }

    private void takeKey(@Nullable Object taken) {
      key = taken;
    }

    private void takeValue(@Nullable Object taken) {
      value = taken;
    }

    @Override
    public Converter getConverter(int field) {
      return field == 0 ? keys : values;
    }

    @Override
    public void start() {
      key = null;
      value = null;
    }

    @Override
    public void end() {
      map.put(
          key instanceof byte[] bytes
              ? Base64.getEncoder().encodeToString(bytes)
              : String.valueOf(key),
          value);
    }
  }
}
