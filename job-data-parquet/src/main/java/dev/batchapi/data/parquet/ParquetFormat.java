package dev.batchapi.data.parquet;

import dev.batchapi.data.files.FileFormat;
import dev.batchapi.data.files.RowFormat;
import dev.batchapi.data.files.Rows;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoredFile;

/** Parquet, for the service loader. */
public final class ParquetFormat implements RowFormat {

  @Override
  public FileFormat format() {
    return FileFormat.PARQUET;
  }

  @Override
  public Rows open(StoredFile file, Store store) {
    return ParquetRows.open(file, store);
  }
}
