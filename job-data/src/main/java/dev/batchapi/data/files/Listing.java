package dev.batchapi.data.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.batchapi.data.input.InputException;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** The files that an input means. */
public final class Listing {
  private final Stores stores;
  private final List<Glob> excludes;
  private final SplitListener listener;

  /** What the paths before this one match: a file that is among it is there already. */
  private final List<Predicate<String>> before = new ArrayList<>();

  private final ListedFiles files = new ListedFiles();
  private final List<Range> unsorted = new ArrayList<>();

  /** Of files: from the first one to behind the last. */
  private record Range(int from, int to) {}

  private int found;

  private Listing(FilesSpec spec, Stores stores, SplitListener listener) {
    this.stores = stores;
    this.listener = listener;
    this.excludes = spec.excludes().stream().map(Listing::exclude).toList();
  }

  /** The same for who does not want to know how far it is. */
  public static ListedFiles of(FilesSpec spec, Stores stores) {
    return of(spec, stores, SplitListener.NONE);
  }

  /**
   * Finds them all: each once, in the order of the paths, and of one path by URL in the order of
   * its bytes. A path that ends in {@code /} is everything below it. An exclude without a {@code /}
   * is a file's name in any folder, another one a whole URL or path.
   *
   * @return at least one; to be closed
   * @throws InputException if a path matches nothing
   * @throws StoreUnavailableException if a store is away
   * @throws StoreRefusedException if a store refuses
   */
  public static ListedFiles of(FilesSpec spec, Stores stores, SplitListener listener) {
    if (spec.paths().isEmpty()) {
      throw new InputException("The input has no paths: name at least one file or folder.");
    }
    var listing = new Listing(spec, stores, listener);
    try {
      spec.paths().forEach(listing::add);
      return listing.complete();
    } catch (RuntimeException | Error e) {
      listing.files.close();
      throw e;
    }
  }

  private ListedFiles complete() {
    files.complete();
    unsorted.forEach(range -> files.sort(range.from, range.to));
    return files;
  }

  private static Glob exclude(String pattern) {
    return Glob.of(pattern.indexOf('/') < 0 ? "{,**/}" + pattern : pattern);
  }

  private void add(String path) {
    var store = stores.of(path);
    if (!store.lists()) {
      one(path, path, store);
      before.add(path::equals);
      return;
    }
    var glob = Glob.of(path.endsWith("/") ? path + "**" : path);
    if (glob.literal()) {
      one(path, glob.prefix(), store);
    } else {
      all(path, glob, store);
    }
    before.add(glob::matches);
  }

  private void one(String path, String url, Store store) {
    var file = store.find(url);
    if (file == null) {
      throw new InputException(
          store.lists() && isFolder(url, store)
              ? "%s is a folder: write %s/ for everything in it.".formatted(path, path)
              : "%s: there is no such file.".formatted(StoredFile.name(path)));
    }
    if (excluded(file)) {
      throw new InputException(
          "%s is in paths, and in excludes too.".formatted(StoredFile.name(path)));
    }
    listener.found(++found);
    if (isNew(file)) {
      files.append(file);
    }
  }

  private static boolean isFolder(String url, Store store) {
    var any = new ArrayList<StoredFile>(1);
    store.list(url + "/", any::add);
    return !any.isEmpty();
  }

  private void all(String path, Glob glob, Store store) {
    var scheme = Stores.scheme(path);
    if (!scheme.isEmpty() && glob.prefix().indexOf('/', scheme.length() + 3) < 0) {
      throw new InputException(
          "%s: a bucket is named as it is, and a glob is for what is in it: %s://bucket/folder/*.jsonl."
              .formatted(path, scheme));
    }
    var matches = new Matches();
    var first = files.size();
    store.list(
        glob.prefix(),
        glob.folders(),
        file -> {
          if (glob.matches(file.url())) {
            matches.add(file);
            listener.found(++found);
          }
        });
    if (matches.kept == 0) {
      throw new InputException(
          matches.found == 0
              ? "%s matches no file. Within a folder * stands for any name; ** crosses folders."
                  .formatted(path)
              : "%s matches %,d file%s, and excludes leave none."
                  .formatted(path, matches.found, matches.found == 1 ? "" : "s"));
    }
    if (!matches.sorted) {
      unsorted.add(new Range(first, files.size()));
    }
  }

  /** Takes the matches of one path. */
  private final class Matches {
    private int found;
    private int kept;
    private boolean sorted = true;
    private byte[] last = {};

    void add(StoredFile file) {
      found++;
      if (excluded(file)) {
        return;
      }
      kept++;
      if (isNew(file)) {
        var url = file.url().getBytes(UTF_8);
        sorted &= Arrays.compareUnsigned(last, url) <= 0;
        last = url;
        files.append(file);
      }
    }
  }

  private boolean excluded(StoredFile file) {
    return excludes.stream().anyMatch(glob -> glob.matches(file.url()));
  }

  private boolean isNew(StoredFile file) {
    return before.stream().noneMatch(matches -> matches.test(file.url()));
  }
}
