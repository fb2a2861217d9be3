package dev.batchapi.data.parquet;

import org.apache.parquet.io.api.Converter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapKeyValueTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.Type;

/** What a column's type becomes. */
final class Columns {
  private Columns() {}

  static Converter of(Type type, Target target, Mistake mistake) {
    return type.isPrimitive()
        ? new ScalarConverter(Scalar.of(type.asPrimitiveType()), target, mistake)
        : group(type.asGroupType(), target, mistake);
  }

  private static Converter group(GroupType type, Target target, Mistake mistake) {
    var kind = type.getLogicalTypeAnnotation();
    if (kind instanceof ListLogicalTypeAnnotation && type.getFieldCount() == 1) {
      return new ListConverter(type, target, mistake);
    }
    if ((kind instanceof MapLogicalTypeAnnotation || kind instanceof MapKeyValueTypeAnnotation)
        && type.getFieldCount() == 1) {
      return MapConverter.fits(type)
          ? new MapConverter(type, target, mistake)
          : new ListConverter(type, target, mistake);
    }
    return new StructConverter(type, target, mistake);
  }
}
