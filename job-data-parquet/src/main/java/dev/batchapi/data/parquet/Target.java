package dev.batchapi.data.parquet;

import org.jspecify.annotations.Nullable;

/** Where a column's value goes. */
@FunctionalInterface
interface Target {

  void set(@Nullable Object value);
}
