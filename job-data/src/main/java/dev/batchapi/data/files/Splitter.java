package dev.batchapi.data.files;

import com.github.luben.zstd.ZstdIOException;
import dev.batchapi.contract.Payload;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipException;

/**
 * Cuts files into batches in one pass, whatever their size: it holds one batch. All but the last
 * have the same number of items; a batch may span files. Every item is checked, but for rows: they
 * are counted, and read when their batch is.
 */
public final class Splitter {
  private final List<StoredFile> files;
  private final FilesSpec spec;
  private final int batchSize;
  private final Stores stores;
  private final SplitListener listener;
  private int filesRead;
  private long bytesBefore;
  private long bytesRead;

  /** The same for who does not want to know how far it is. */
  public Splitter(List<StoredFile> files, FilesSpec spec, int batchSize, Stores stores) {
    this(files, spec, batchSize, stores, SplitListener.NONE);
  }

  /**
   * @param files as {@link Listing} found them
   * @param spec what is in them
   * @param batchSize items in a batch, at least 1
   */
  public Splitter(
      List<StoredFile> files,
      FilesSpec spec,
      int batchSize,
      Stores stores,
      SplitListener listener) {
    this.files = files;
    this.spec = spec;
    this.batchSize = batchSize;
    this.stores = stores;
    this.listener = listener;
  }

  /**
   * Reads the files. The same files give the same batches.
   *
   * @throws InputException if a file can't be read to its end or, with {@link BadRecords#FAIL}, an
   *     item (named with file, line and column), if there is no item, or the payload of a batch
   *     would be larger than {@link Payload#MAX_BYTES}
   * @throws FileChangedException if a file isn't the one any more that was listed
   * @throws StoreUnavailableException if a store is away
   * @throws StoreRefusedException if a store refuses
   */
  public Split split(BatchSink sink) {
    var reading = readsRows();
    var cutter = new BatchCutter(batchSize, spec.onBadRecord(), sink);
    var pieces =
        files.stream()
            .filter(file -> isRead(file, kind(file)))
            .map(file -> new ReadAhead.Piece(file, 0, file.size()))
            .iterator();
    var tables = files.stream().filter(file -> kind(file).rows()).iterator();
    try (var content = new ReadAhead(stores, pieces);
        var opened = new RowFiles.Ahead(tables, FileFormat.PARQUET, stores)) {
      for (var file : files) {
        var kind = kind(file);
        if (kind.rows()) {
          cutter.file(file, true);
          rows(opened.next(), cutter, reading);
        } else {
          read(file, kind, content, cutter);
        }
        ended(file, cutter);
      }
    }
    cutter.end();
    if (cutter.items() == 0) {
      throw new InputException("The input has no items: %s.".formatted(nothing()));
    }
    return new Split(files.size(), bytesBefore, cutter.items(), cutter.batches());
  }

  private String nothing() {
    var areEmpty = files.stream().allMatch(file -> file.size() == 0);
    if (files.size() > 1) {
      return String.format(
          Locale.ROOT,
          areEmpty ? "all %,d files are empty" : "none of %,d files has one",
          files.size());
    }
    var only = files.getFirst();
    var kind = kind(only);
    var hasHeader = kind.format() == FileFormat.CSV && spec.csv().named();
    return only.name()
        + (areEmpty || kind.rows()
            ? " is empty"
            : hasHeader ? " has no rows below its header" : " has nothing but empty lines");
  }

  private FileKind kind(StoredFile file) {
    return FileKind.of(file, spec);
  }

  /** Also of a file of which nothing is read, or not the whole of it. */
  private void ended(StoredFile file, BatchCutter cutter) {
    filesRead++;
    bytesBefore += file.size();
    bytesRead = bytesBefore;
    tell(cutter);
  }

  private void tell(BatchCutter cutter) {
    listener.reached(
        new SplitListener.Reached(filesRead, bytesRead, cutter.items(), cutter.batches()));
  }

  private static boolean isRead(StoredFile file, FileKind kind) {
    return kind.stream() && file.size() > 0;
  }

  /**
   * Whether rows are read now, and not only counted: if a bad one refuses the job, or if they share
   * a batch with what travels as payload. A file of no known kind is refused here, before any is
   * read.
   */
  private boolean readsRows() {
    var payloads = false;
    for (var file : files) {
      payloads |= !kind(file).cuttable();
    }
    return payloads || spec.onBadRecord() == BadRecords.FAIL;
  }

  private static void rows(Rows rows, BatchCutter cutter, boolean reading) {
    if (!reading) {
      for (var row = 0L; row < rows.count(); row++) {
        cutter.row(row);
      }
      return;
    }
    for (var row = 0L; row < rows.count(); ) {
      var count = (int) Math.min(rows.count() - row, 1 << 20);
      rows.read(row, count, new CutRows(cutter));
      row += count;
    }
  }

  private record CutRows(BatchCutter cutter) implements RowSink {

    @Override
    public void row(long row, byte[] json, int length) {
      cutter.item(row + 1, 0, 0, json, length);
    }

    @Override
    public void bad(long row, InputException mistake) {
      cutter.bad(row + 1, 0, 0, mistake);
    }
  }

  private void path(StoredFile file, BatchCutter cutter) {
    var json = BatchReader.path(file, stores);
    cutter.item(1, 0, file.size(), json, json.length);
  }

  private void read(StoredFile file, FileKind kind, ReadAhead content, BatchCutter cutter) {
    cutter.file(file, kind.cuttable());
    if (kind.format() == FileFormat.PATHS) {
      path(file, cutter);
    }
    if (!isRead(file, kind)) {
      return;
    }
    try (var in = new Counted(content.next(), cutter);
        var unpacked = kind.compression().unpack(in)) {
      kind.reader(file.name(), spec.csv()).read(unpacked, 0, cutter);
    } catch (EOFException | ZipException | ZstdIOException e) {
      throw new InputException(
          "%s can't be unpacked: it ends too early, or is damaged (%s)."
              .formatted(file.name(), e.getMessage()));
    } catch (IOException e) {
      throw new StoreUnavailableException(
          "%s can't be read: %s".formatted(file.name(), e.getMessage()), e);
    }
  }

  /** Tells of what is read of a file, which may be the only one, and take an hour. */
  private final class Counted extends FilterInputStream {
    private final BatchCutter cutter;

    Counted(InputStream in, BatchCutter cutter) {
      super(in);
      this.cutter = cutter;
    }

    @Override
    public int read() throws IOException {
      var one = super.read();
      count(one < 0 ? 0 : 1);
      return one;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      var read = super.read(buffer, offset, length);
      count(read);
      return read;
    }

    private void count(int read) {
      if (read > 0) {
        bytesRead += read;
        tell(cutter);
      }
    }
  }
}
