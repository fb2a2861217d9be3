package dev.batchapi.data.parquet;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.jspecify.annotations.Nullable;

/**
 * The pages of one column in a group of rows, each read when the rows get there. parquet-hadoop's
 * own reader takes the whole group into memory, of which files written by pyarrow have a million
 * rows.
 */
final class ColumnPages implements PageReader {
  /** A page of 1 MiB is usual; a larger one would be all of a worker's heap. */
  static final int MOST_BYTES = 16 << 20;

  private final ColumnChunkMetaData column;
  private final InputStream in;
  private @Nullable PageHeader header;
  private long left;

  ColumnPages(ColumnChunkMetaData column, InputStream in) {
    this.column = column;
    this.in = in;
    this.left = column.getValueCount();
  }

  @Override
  public long getTotalValueCount() {
    return column.getValueCount();
  }

  @Override
  public @Nullable DictionaryPage readDictionaryPage() {
    try {
      var head = header();
      var dictionary = head.getDictionary_page_header();
      if (dictionary == null) {
        return null;
      }
      return new DictionaryPage(
          BytesInput.from(unpacked(head)),
          dictionary.getNum_values(),
          encoding(dictionary.getEncoding()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public @Nullable DataPage readPage() {
    try {
      while (left > 0) {
        var head = header();
        var first = head.getData_page_header();
        if (first != null) {
          return first(head, first);
        }
        var second = head.getData_page_header_v2();
        if (second != null) {
          return second(head, second);
        }
        packed(head);
      }
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next page's; stays until its bytes are taken. */
  private PageHeader header() throws IOException {
    var head = header;
    if (head == null) {
      head = Util.readPageHeader(in);
      if (Math.max(head.getCompressed_page_size(), head.getUncompressed_page_size()) > MOST_BYTES) {
        throw new UnreadableParquetException(
            "column %s has a page of %,d bytes; one may have %,d: write it with smaller pages (data_page_size)."
                .formatted(
                    column.getPath().toDotString(),
                    Math.max(head.getCompressed_page_size(), head.getUncompressed_page_size()),
                    MOST_BYTES));
      }
      header = head;
    }
    return head;
  }

  private byte[] packed(PageHeader head) throws IOException {
    header = null;
    var size = head.getCompressed_page_size();
    var bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new EOFException("a page ends too early");
    }
    return bytes;
  }

  private byte[] unpacked(PageHeader head) throws IOException {
    var bytes = packed(head);
    return column.getCodec() == CompressionCodecName.UNCOMPRESSED
        ? bytes
        : Codec.unpack(column.getCodec(), bytes, 0, head.getUncompressed_page_size());
  }

  private DataPage first(PageHeader head, DataPageHeader data) throws IOException {
    left -= data.getNum_values();
    return new DataPageV1(
        BytesInput.from(unpacked(head)),
        data.getNum_values(),
        head.getUncompressed_page_size(),
        null,
        encoding(data.getRepetition_level_encoding()),
        encoding(data.getDefinition_level_encoding()),
        encoding(data.getEncoding()));
  }

  /** The levels before the data are never compressed. */
  private DataPage second(PageHeader head, DataPageHeaderV2 data) throws IOException {
    left -= data.getNum_values();
    var bytes = packed(head);
    var repetition = data.getRepetition_levels_byte_length();
    var levels = repetition + data.getDefinition_levels_byte_length();
    var isPlain =
        column.getCodec() == CompressionCodecName.UNCOMPRESSED
            || (data.isSetIs_compressed() && !data.isIs_compressed());
    var values =
        isPlain
            ? BytesInput.from(bytes, levels, bytes.length - levels)
            : BytesInput.from(
                Codec.unpack(
                    column.getCodec(), bytes, levels, head.getUncompressed_page_size() - levels));
    return DataPageV2.uncompressed(
        data.getNum_rows(),
        data.getNum_nulls(),
        data.getNum_values(),
        BytesInput.from(bytes, 0, repetition),
        BytesInput.from(bytes, repetition, levels - repetition),
        encoding(data.getEncoding()),
        values,
        null);
  }

  private static Encoding encoding(org.apache.parquet.format.@Nullable Encoding encoding)
      throws IOException {
    if (encoding == null) {
      throw new IOException("a page doesn't say how it is encoded");
    }
    return Encoding.valueOf(encoding.name());
  }
}
