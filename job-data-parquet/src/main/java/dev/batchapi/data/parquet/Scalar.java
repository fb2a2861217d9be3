package dev.batchapi.data.parquet;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.Float16LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.UUIDLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/** What a column's values are in JSON. Decimals, dates and times are text, which loses nothing. */
@FunctionalInterface
interface Scalar {
  /** The day from which INT96 counts in Julian days. */
  int JULIAN_EPOCH = 2_440_588;

  /**
   * One value.
   *
   * @param value an {@link Integer}, a {@link Long} or a {@link Binary}
   * @return what {@link Fields} writes
   * @throws UnreadableParquetException if it isn't what its type says
   */
  @Nullable Object json(Object value);

  static Scalar of(PrimitiveType type) {
    return switch (type.getLogicalTypeAnnotation()) {
      case DecimalLogicalTypeAnnotation decimal ->
          value -> new BigDecimal(whole(value), decimal.getScale()).toPlainString();
      case DateLogicalTypeAnnotation date ->
          value -> LocalDate.ofEpochDay(((Number) value).longValue()).toString();
      case TimeLogicalTypeAnnotation time ->
          value -> time(((Number) value).longValue(), unit(time.getUnit()));
      case TimestampLogicalTypeAnnotation stamp -> {
        var unit = unit(stamp.getUnit());
        var zone = stamp.isAdjustedToUTC() ? "Z" : "";
        yield value -> timestamp(((Number) value).longValue(), unit) + zone;
      }
      case IntLogicalTypeAnnotation whole when !whole.isSigned() -> Scalar::unsigned;
      case StringLogicalTypeAnnotation text -> value -> text((Binary) value, type);
      case EnumLogicalTypeAnnotation text -> value -> text((Binary) value, type);
      case JsonLogicalTypeAnnotation text -> value -> text((Binary) value, type);
      case UUIDLogicalTypeAnnotation uuid -> value -> uuid((Binary) value);
      case Float16LogicalTypeAnnotation half -> value -> half((Binary) value);
      case null, default ->
          type.getPrimitiveTypeName() == PrimitiveTypeName.INT96
              ? value -> julian((Binary) value)
              : value -> value instanceof Binary bytes ? bytes.getBytes() : value;
    };
  }

  private static BigInteger whole(Object value) {
    return value instanceof Binary bytes
        ? new BigInteger(bytes.getBytes())
        : BigInteger.valueOf(((Number) value).longValue());
  }

  private static Object unsigned(Object value) {
    return value instanceof Integer number
        ? (Object) Integer.toUnsignedLong(number)
        : new BigInteger(Long.toUnsignedString((Long) value));
  }

  private static TimeUnit unit(org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit unit) {
    return switch (unit) {
      case MILLIS -> TimeUnit.MILLISECONDS;
      case MICROS -> TimeUnit.MICROSECONDS;
      case NANOS -> TimeUnit.NANOSECONDS;
    };
  }

  private static String time(long value, TimeUnit unit) {
    return DateTimeFormatter.ISO_LOCAL_TIME.format(LocalTime.ofNanoOfDay(unit.toNanos(value)));
  }

  private static String timestamp(long value, TimeUnit unit) {
    var second = unit.convert(1, TimeUnit.SECONDS);
    return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(
        LocalDateTime.ofEpochSecond(
            Math.floorDiv(value, second),
            (int) unit.toNanos(Math.floorMod(value, second)),
            ZoneOffset.UTC));
  }

  private static String julian(Binary value) {
    var bytes = ByteBuffer.wrap(value.getBytes()).order(ByteOrder.LITTLE_ENDIAN);
    var nanos = bytes.getLong();
    var date = LocalDate.ofEpochDay(bytes.getInt() - (long) JULIAN_EPOCH);
    return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(date.atStartOfDay().plusNanos(nanos));
  }

  private static String uuid(Binary value) {
    var bytes = ByteBuffer.wrap(value.getBytes());
    return new UUID(bytes.getLong(), bytes.getLong()).toString();
  }

  private static @Nullable Object half(Binary value) {
    var bytes = ByteBuffer.wrap(value.getBytes()).order(ByteOrder.LITTLE_ENDIAN);
    var number = Float.float16ToFloat(bytes.getShort());
    return Float.isFinite(number) ? number : null;
  }

  private static String text(Binary value, PrimitiveType column) {
    var bytes = value.getBytes();
    var text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') >= 0) {
      try {
        // The one way to know whether it was in there.
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      } catch (CharacterCodingException e) {
        throw new UnreadableParquetException(
            "column %s is not UTF-8 text.".formatted(column.getName()));
      }
    }
    return text;
  }
}
