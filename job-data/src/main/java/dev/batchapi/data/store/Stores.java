package dev.batchapi.data.store;

import dev.batchapi.contract.WorkerVariable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The stores of a process, each opened when the first URL asks for it. For any thread. */
public final class Stores implements AutoCloseable {
  private static final Pattern URL =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://.*", Pattern.DOTALL);

  /** For a connection, and between bytes. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Map<String, String> env;
  private final Places places;
  private final Map<String, Store> open = new HashMap<>();

  private Stores(Map<String, String> env, Places places) {
    this.env = Map.copyOf(env);
    this.places = places;
  }

  /**
   * Stores for an environment. Nothing is opened yet.
   *
   * @param env credentials and settings, named as the vendors' own programs name them
   * @param base the folder that local paths are relative to
   */
  public static Stores of(Map<String, String> env, Path base) {
    return new Stores(env, Places.below(base));
  }

  /**
   * The same for a pod: the only files that have paths are those in the folders of {@link
   * WorkerVariable#VOLUMES}.
   */
  public static Stores ofPod(Map<String, String> env) {
    return new Stores(
        PodIdentity.in(env),
        VolumePlaces.in(
            env.getOrDefault(WorkerVariable.VOLUMES, ""),
            env.getOrDefault(WorkerVariable.MOUNTS, "")));
  }

  /** The scheme of a URL in lower case; empty for a path. */
  public static String scheme(String url) {
    Matcher matcher = URL.matcher(url);
    return matcher.matches() ? matcher.group(1).toLowerCase(Locale.ROOT) : "";
  }

  /**
   * The store that holds a URL.
   *
   * @throws StoreRefusedException if there is none for its scheme
   */
  public synchronized Store of(String url) {
    var scheme = scheme(url);
    var known = open.get(scheme);
    if (known != null) {
      return known;
    }
    if (scheme.isEmpty()) {
      return remember(new LocalStore(places), scheme);
    }
    if (scheme.equals("http") || scheme.equals("https")) {
      Authorities.trust(env);
      return remember(new HttpStore(TIMEOUT, Backoff.DEFAULT), scheme);
    }
    for (var provider : ServiceLoader.load(StoreProvider.class, Stores.class.getClassLoader())) {
      if (provider.schemes().contains(scheme)) {
        return remember(provider.open(env), scheme);
      }
    }
    throw new StoreRefusedException(
        "%s: there is no store for %s:// here; paths, http:// and https:// always work, s3://, gs:// and az:// where their modules are installed."
            .formatted(StoredFile.name(url), scheme));
  }

  private Store remember(Store store, String scheme) {
    open.put(scheme, store);
    return store;
  }

  @Override
  public synchronized void close() {
    open.values().forEach(Store::close);
    open.clear();
  }
}
