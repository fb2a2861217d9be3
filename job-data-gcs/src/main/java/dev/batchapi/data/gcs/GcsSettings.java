package dev.batchapi.data.gcs;

import com.google.api.client.http.HttpRequestInitializer;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.storage.Storage;
import com.google.auth.http.HttpCredentialsAdapter;
import dev.batchapi.data.store.StoreRefusedException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where Cloud Storage is and who asks.
 *
 * @param endpoint of an emulator; null for Google
 */
record GcsSettings(@Nullable URI endpoint, GcsCredentials credentials) {
  private static final String EMULATOR = "STORAGE_EMULATOR_HOST";

  /** From {@code STORAGE_EMULATOR_HOST}, and those of {@link GcsCredentials}. */
  static GcsSettings of(Map<String, String> env) {
    return new GcsSettings(endpoint(value(env, EMULATOR)), GcsCredentials.of(env));
  }

  /** A variable; null if it is empty or not there. */
  static @Nullable String value(Map<String, String> env, String name) {
    var value = env.getOrDefault(name, "").strip();
    return value.isEmpty() ? null : value;
  }

  private static @Nullable URI endpoint(@Nullable String host) {
    if (host == null) {
      return null;
    }
    try {
      var uri = URI.create(host.contains("://") ? host : "http://" + host);
      if (uri.getHost() != null && uri.getRawUserInfo() == null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // The message below says it, for it isn't shown: it could hold a password.
    }
    throw new StoreRefusedException(
        EMULATOR + " is no address of a server, such as http://127.0.0.1:4443.");
  }

  /** How messages call the place. */
  String place() {
    return endpoint == null ? "Google Cloud Storage" : endpoint.toString();
  }

  /** A client; nothing is asked yet. */
  Storage client(Duration timeout) {
    var google = credentials.google();
    HttpRequestInitializer signed =
        google == null ? request -> {} : new HttpCredentialsAdapter(google);
    var builder =
        new Storage.Builder(
                new NetHttpTransport(),
                GsonFactory.getDefaultInstance(),
                request -> {
                  signed.initialize(request);
                  request.setConnectTimeout((int) timeout.toMillis());
                  request.setReadTimeout((int) timeout.toMillis());
                })
            .setApplicationName("batchapi");
    return endpoint == null
        ? builder.build()
        : builder.setRootUrl(endpoint.toString().replaceAll("/*$", "/")).build();
  }
}
