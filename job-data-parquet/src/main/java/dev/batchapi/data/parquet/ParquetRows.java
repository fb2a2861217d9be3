package dev.batchapi.data.parquet;

import dev.batchapi.contract.Payload;
import dev.batchapi.data.files.RowSink;
import dev.batchapi.data.files.Rows;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.StoredFile;
import java.io.IOException;
import java.util.List;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.jspecify.annotations.Nullable;

/** One file: its footer, and the group of rows that was read last. */
final class ParquetRows implements Rows {
  /** Twice the four bytes PAR1, and the footer's length. */
  private static final int LEAST_BYTES = 12;

  private final StoredFile file;
  private final StoreBytes bytes;
  private final List<BlockMetaData> groups;
  private final MessageColumnIO columns;
  private final RowConverter row;
  private final long count;
  private @Nullable RecordReader<Fields> reader;
  private int group = -1;

  /** The first row behind the group that is open, and the next one that is read of it. */
  private long groupEnd;

  private long next;

  private ParquetRows(StoreBytes bytes, ParquetMetadata footer) {
    this.bytes = bytes;
    this.file = bytes.file();
    this.groups = footer.getBlocks();
    var schema = footer.getFileMetaData().getSchema();
    this.columns = new ColumnIOFactory(footer.getFileMetaData().getCreatedBy()).getColumnIO(schema);
    this.row = new RowConverter(schema);
    this.count = groups.stream().mapToLong(BlockMetaData::getRowCount).sum();
  }

  static ParquetRows open(StoredFile file, Store store) {
    if (file.size() < LEAST_BYTES) {
      throw new InputException(
          "%s is no Parquet file: it has %d bytes.".formatted(file.name(), file.size()));
    }
    var bytes = new StoreBytes(file, store);
    var options = ParquetReadOptions.builder(new PlainParquetConfiguration()).build();
    try (var reader = ParquetFileReader.open(new FooterInput(bytes), options)) {
      return new ParquetRows(bytes, reader.getFooter());
    } catch (IOException | RuntimeException e) {
      throw failed(file, "", e);
    }
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public long position() {
    return next;
  }

  @Override
  public void read(long first, int rows, RowSink sink) {
    if (first < next) {
      throw new IllegalArgumentException("row %d was read before".formatted(first));
    }
    for (var at = first; at < first + rows; at++) {
      byte[] json;
      try {
        to(at);
        json = row.json();
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        throw failed(file, ", row %d".formatted(at + 1), e);
      }
      hand(at, json, sink);
    }
  }

  private void hand(long at, byte[] json, RowSink sink) {
    var mistake = row.mistake();
    if (mistake != null) {
      sink.bad(at, new InputException("%s, row %d: %s".formatted(file.name(), at + 1, mistake)));
    } else if (json.length > Payload.MAX_BYTES) {
      sink.bad(
          at,
          new InputException(
              "%s, row %d: the item has %,d bytes; one may have %,d."
                  .formatted(file.name(), at + 1, json.length, Payload.MAX_BYTES)));
    } else {
      sink.row(at, json, json.length);
    }
  }

  /** Reads a row, and all of its group that are before it. */
  private void to(long wanted) throws IOException {
    var open = reader;
    while (open == null || wanted >= groupEnd) {
      group++;
      next = groupEnd;
      groupEnd += groups.get(group).getRowCount();
      open = null;
      if (wanted < groupEnd) {
        open = columns.getRecordReader(new RowGroup(bytes, groups.get(group)), row);
      }
    }
    reader = open;
    for (; next <= wanted; next++) {
      row.begin();
      open.read();
    }
  }

  /** What a store says comes through Parquet's own exceptions; the rest is the file's fault. */
  private static RuntimeException failed(StoredFile file, String place, Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof StoreUnavailableException
          || cause instanceof StoreRefusedException
          || cause instanceof FileChangedException) {
        return (RuntimeException) cause;
      }
      if (cause instanceof UnreadableParquetException) {
        return new InputException(
            "%s%s can't be read: %s".formatted(file.name(), place, cause.getMessage()));
      }
    }
    if (e instanceof OutOfMemoryError) {
      return new InputException(
          "%s%s can't be read in the memory that is here: a page of each column is held. Write it with smaller pages or fewer columns."
              .formatted(file.name(), place));
    }
    return new InputException(
        "%s%s is no Parquet, ends too early, or is damaged: %s"
            .formatted(file.name(), place, e.getMessage() == null ? e : e.getMessage()));
  }
}
