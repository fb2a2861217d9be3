package dev.batchapi.data.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.batchapi.data.store.StoredFile;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.RandomAccess;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The files of an input, in the order in which their items are numbered. There may be a million of
 * them: of each 8 bytes of memory are kept, the rest stands in a file without a name. For any
 * thread, once it is complete.
 */
public final class ListedFiles extends AbstractList<StoredFile>
    implements RandomAccess, AutoCloseable {
  private static final int HEAD = Long.BYTES + Integer.BYTES;

  private final RefSpool spool = new RefSpool();
  private int size;

  /** Where files stand that did not come in the order of their bytes; null: all did. */
  private int @Nullable [] order;

  ListedFiles() {}

  /** Takes the next one. */
  void append(StoredFile file) {
    var url = file.url().getBytes(UTF_8);
    var version = file.version().getBytes(UTF_8);
    spool.add(
        ByteBuffer.allocate(HEAD + url.length + version.length)
            .putLong(file.size())
            .putInt(url.length)
            .put(url)
            .put(version)
            .array());
    size++;
  }

  /** No file comes any more; now they can be read. */
  void complete() {
    spool.complete();
  }

  /**
   * Brings some into the order of their URLs' bytes, once they are complete. Their URLs are in
   * memory meanwhile: it is for stores that don't list in this order by themselves.
   *
   * @param from the first of them
   * @param to behind the last
   */
  void sort(int from, int to) {
    record Keyed(byte[] key, int place) {}
    if (order == null) {
      order = IntStream.range(0, size).toArray();
    }
    var sorted =
        IntStream.range(from, to)
            .mapToObj(i -> new Keyed(url(spool.read(i)), i))
            .sorted(Comparator.comparing(Keyed::key, Arrays::compareUnsigned))
            .mapToInt(Keyed::place)
            .toArray();
    System.arraycopy(sorted, 0, order, from, sorted.length);
  }

  private static byte[] url(byte[] piece) {
    var length = ByteBuffer.wrap(piece).getInt(Long.BYTES);
    return Arrays.copyOfRange(piece, HEAD, HEAD + length);
  }

  @Override
  public StoredFile get(int index) {
    var piece = spool.read(order == null ? index : order[index]);
    var head = ByteBuffer.wrap(piece);
    var bytes = head.getLong();
    var url = head.getInt();
    return new StoredFile(
        new String(piece, HEAD, url, UTF_8),
        bytes,
        new String(piece, HEAD + url, piece.length - HEAD - url, UTF_8));
  }

  @Override
  public int size() {
    return size;
  }

  /** Gives back the room on the disk; it can't be read any more. */
  @Override
  public void close() {
    spool.close();
  }
}
