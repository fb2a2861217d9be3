package dev.batchapi.data.parquet;

import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.jspecify.annotations.Nullable;

/** A single value. */
final class ScalarConverter extends PrimitiveConverter {
  private final Scalar scalar;
  private final Target target;
  private final Mistake mistake;

  ScalarConverter(Scalar scalar, Target target, Mistake mistake) {
    this.scalar = scalar;
    this.target = target;
    this.mistake = mistake;
  }

  private void set(Object value) {
    target.set(json(value));
  }

  private @Nullable Object json(Object value) {
    try {
      return scalar.json(value);
    } catch (UnreadableParquetException e) {
      mistake.note(String.valueOf(e.getMessage()));
      return null;
    }
  }

  @Override
  public void addBinary(Binary value) {
    set(value);
  }

  @Override
  public void addBoolean(boolean value) {
    target.set(value);
  }

  @Override
  public void addDouble(double value) {
    target.set(Double.isFinite(value) ? value : null);
  }

  @Override
  public void addFloat(float value) {
    target.set(Float.isFinite(value) ? value : null);
  }

  @Override
  public void addInt(int value) {
    set(value);
  }

  @Override
  public void addLong(long value) {
    set(value);
  }
}
