package dev.batchapi.data.parquet;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/** A row, or a struct in one. */
final class StructConverter extends GroupConverter {
  private final String[] names;
  private final Converter[] converters;
  private final boolean[] repeated;
  private final Target target;
  private @Nullable Object[] values = {};

  StructConverter(GroupType type, Target target, Mistake mistake) {
    this.target = target;
    names = type.getFields().stream().map(Type::getName).toArray(String[]::new);
    converters = new Converter[names.length];
    repeated = new boolean[names.length];
    for (var i = 0; i < names.length; i++) {
      converters[i] = Columns.of(type.getType(i), field(i), mistake);
      repeated[i] = type.getType(i).isRepetition(Type.Repetition.REPEATED);
    }
  }

  private Target field(int i) {
    return value -> {
      if (repeated[i]) {
        elements(i).add(value);
      } else {
        values[i] = value;
      }
    };
  }

  @SuppressWarnings("unchecked") // put there by start()
  private List<@Nullable Object> elements(int i) {
    return (List<@Nullable Object>) Objects.requireNonNull(values[i]);
  }

  @Override
  public Converter getConverter(int field) {
    return converters[field];
  }

  @Override
  public void start() {
    values = new Object[names.length];
    for (var i = 0; i < names.length; i++) {
      values[i] = repeated[i] ? new ArrayList<@Nullable Object>() : null;
    }
  }

  @Override
  public void end() {
    target.set(new Fields(names, values));
  }
}
