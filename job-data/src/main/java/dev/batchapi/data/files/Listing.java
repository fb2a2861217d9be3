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
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The files that an input means. */
public final class Listing {
  private final Stores stores;
  private final List<Glob> excludes;
  private final Set<String> urls = new HashSet<>();
  private final List<StoredFile> files = new ArrayList<>();

  private Listing(FilesSpec spec, Stores stores) {
    this.stores = stores;
    this.excludes = spec.excludes().stream().map(Listing::exclude).toList();
  }

  /**
   * Finds them all: each once, in the order of the paths, and of one path by URL in the order of
   * its bytes. A path that ends in {@code /} is everything below it. An exclude without a {@code /}
   * is a file's name in any folder, another one a whole URL or path.
   *
   * @return at least one
   * @throws InputException if a path matches nothing
   * @throws StoreUnavailableException if a store is away
   * @throws StoreRefusedException if a store refuses
   */
  public static List<StoredFile> of(FilesSpec spec, Stores stores) {
    if (spec.paths().isEmpty()) {
      throw new InputException("The input has no paths: name at least one file or folder.");
    }
    var listing = new Listing(spec, stores);
    spec.paths().forEach(listing::add);
    return List.copyOf(listing.files);
  }

  private static Glob exclude(String pattern) {
    return Glob.of(pattern.indexOf('/') < 0 ? "{,**/}" + pattern : pattern);
  }

  private void add(String path) {
    var store = stores.of(path);
    if (!store.lists()) {
      one(path, path, store);
      return;
    }
    var glob = Glob.of(path.endsWith("/") ? path + "**" : path);
    if (glob.literal()) {
      one(path, glob.prefix(), store);
    } else {
      all(path, glob, store);
    }
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
    keep(List.of(file));
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
    var matches = new ArrayList<StoredFile>();
    store.list(
        glob.prefix(),
        glob.folders(),
        file -> {
          if (glob.matches(file.url())) {
            matches.add(file);
          }
        });
    var kept = matches.stream().filter(file -> !excluded(file)).toList();
    if (kept.isEmpty()) {
      throw new InputException(
          matches.isEmpty()
              ? "%s matches no file. Within a folder * stands for any name; ** crosses folders."
                  .formatted(path)
              : "%s matches %,d file%s, and excludes leave none."
                  .formatted(path, matches.size(), matches.size() == 1 ? "" : "s"));
    }
    keep(inOrder(kept));
  }

  private boolean excluded(StoredFile file) {
    return excludes.stream().anyMatch(glob -> glob.matches(file.url()));
  }

  private void keep(List<StoredFile> more) {
    for (var file : more) {
      if (urls.add(file.url())) {
        files.add(file);
      }
    }
  }

  private static List<StoredFile> inOrder(List<StoredFile> files) {
    record Keyed(byte[] key, StoredFile file) {}
    return files.stream()
        .map(file -> new Keyed(file.url().getBytes(UTF_8), file))
        .sorted(Comparator.comparing(Keyed::key, Arrays::compareUnsigned))
        .map(Keyed::file)
        .toList();
  }
}
