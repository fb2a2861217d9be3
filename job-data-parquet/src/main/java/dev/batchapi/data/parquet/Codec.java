package dev.batchapi.data.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/** How pages are compressed; parquet-hadoop's own codecs need Hadoop. */
final class Codec {
  private Codec() {}

  /**
   * Unpacks the end of a page.
   *
   * @param packed of which the bytes from {@code offset} on are packed
   * @param size of the result, bytes
   * @throws IOException if it is damaged
   * @throws UnreadableParquetException if it is of a kind that isn't read here
   */
  static byte[] unpack(CompressionCodecName codec, byte[] packed, int offset, int size)
      throws IOException {
    var length = packed.length - offset;
    var unpacked = new byte[size];
    var n =
        switch (codec) {
          case SNAPPY -> {
            if (Snappy.uncompressedLength(packed, offset, length) != size) {
              yield -1;
            }
            yield length == 0 ? 0 : Snappy.uncompress(packed, offset, length, unpacked, 0);
          }
          case GZIP -> {
            try (var in = new GZIPInputStream(new ByteArrayInputStream(packed, offset, length))) {
              yield in.readNBytes(unpacked, 0, size);
            }
          }
          case ZSTD -> zstd(packed, offset, length, unpacked);
          default -> throw new UnreadableParquetException(other(codec));
        };
    if (n != size) {
      throw new IOException("a page has another size than it says");
    }
    return unpacked;
  }

  private static int zstd(byte[] packed, int offset, int length, byte[] unpacked)
      throws IOException {
    try {
      return (int) Zstd.decompressByteArray(unpacked, 0, unpacked.length, packed, offset, length);
    } catch (ZstdException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static String other(CompressionCodecName codec) {
    return "it is compressed with %s; snappy, gzip, zstd and none are read here: write it with one of these."
        .formatted(codec);
  }
}
