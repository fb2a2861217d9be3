package dev.batchapi.data.parquet;

import java.io.ByteArrayInputStream;
import java.util.HashMap;
import java.util.Map;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;

/** One group of rows: small ones are read in one request, of others each column in blocks. */
final class RowGroup implements PageReadStore {
  /** What all columns together may hold of the file's bytes. */
  private static final int MEMORY = 4 << 20;

  private static final int LEAST_BLOCK = 1 << 15;

  /** Old writers left a page's header out of a column's length (PARQUET-816). */
  private static final int FORGOTTEN = 100;

  private final BlockMetaData group;
  private final Map<ColumnPath, ColumnPages> columns = new HashMap<>();

  RowGroup(StoreBytes bytes, BlockMetaData group) {
    this.group = group;
    var start = Long.MAX_VALUE;
    var end = 0L;
    for (var column : group.getColumns()) {
      start = Math.min(start, column.getStartingPos());
      end = Math.max(end, column.getStartingPos() + length(column));
    }
    end = Math.min(end, bytes.file().size());
    var all = end - start <= MEMORY ? bytes.read(start, (int) (end - start)) : null;
    var block = Math.max(LEAST_BLOCK, MEMORY / Math.max(1, group.getColumns().size()));
    for (var column : group.getColumns()) {
      var from = column.getStartingPos();
      var in =
          all == null
              ? new ColumnStream(bytes, from, length(column), block)
              : new ByteArrayInputStream(all, (int) (from - start), (int) length(column));
      columns.put(column.getPath(), new ColumnPages(column, in));
    }
  }

  private static long length(ColumnChunkMetaData column) {
    return column.getTotalSize() + FORGOTTEN;
  }

  @Override
  public PageReader getPageReader(ColumnDescriptor column) {
    var pages = columns.get(ColumnPath.get(column.getPath()));
    if (pages == null) {
      throw new UnreadableParquetException(
          "a group of rows lacks the column " + String.join(".", column.getPath()) + ".");
    }
    return pages;
  }

  @Override
  public long getRowCount() {
    return group.getRowCount();
  }
}
