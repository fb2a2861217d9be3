package dev.batchapi.data.parquet;

import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * A list: its elements are in a repeated group of one field, or, as old writers did it, repeated.
 */
final class ListConverter extends GroupConverter {
  private final Converter elements;
  private final Target target;
  private List<@Nullable Object> list = new ArrayList<>();

  ListConverter(GroupType type, Target target, Mistake mistake) {
    this.target = target;
    var repeated = type.getType(0);
    elements =
        isElement(repeated, type.getName())
            ? Columns.of(repeated, this::add, mistake)
            : new Wrapped(repeated.asGroupType().getType(0), mistake);
  }

  private void add(@Nullable Object element) {
    list.add(element);
  }

  /** The rules of Parquet's own page on logical types, for files of old writers. */
  private static boolean isElement(Type repeated, String list) {
    return repeated.isPrimitive()
        || repeated.asGroupType().getFieldCount() > 1
        || repeated.asGroupType().getType(0).isRepetition(Type.Repetition.REPEATED)
        || repeated.getName().equals("array")
        || repeated.getName().equals(list + "_tuple");
  }

  @Override
  public Converter getConverter(int field) {
    return elements;
  }

  @Override
  public void start() {
    list = new ArrayList<>();
  }

  @Override
  public void end() {
    target.set(list);
  }

  /** An element that may be null. */
  private final class Wrapped extends GroupConverter {
    private final Converter element;
    private @Nullable Object value;

    Wrapped(Type type, Mistake mistake) {
      element = Columns.of(type, this::take, mistake);
    }

    private void take(@Nullable Object taken) {
      value = taken;
    }

    @Override
    public Converter getConverter(int field) {
      return element;
    }

    @Override
    public void start() {
      value = null;
    }

    @Override
    public void end() {
      add(value);
    }
  }
}
