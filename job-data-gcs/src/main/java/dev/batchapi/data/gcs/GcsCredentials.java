package dev.batchapi.data.gcs;

import com.google.auth.oauth2.ComputeEngineCredentials;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.auth.oauth2.ServiceAccountCredentials;
import dev.batchapi.data.store.StoreRefusedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who asks: what the environment says, otherwise who has logged in with gcloud on this machine;
 * without either it is nobody, who may read what is public. The machine's own account only if the
 * environment says so: in a pod without workload identity that is the node's, which a job's
 * submitter would read with.
 *
 * @param google renewed by Google's library; null for nobody
 * @param name how messages call it, without any secret
 */
record GcsCredentials(@Nullable GoogleCredentials google, String name) {
  /** The key's content. */
  static final String JSON = "GOOGLE_APPLICATION_CREDENTIALS_JSON";

  private static final String FILE = "GOOGLE_APPLICATION_CREDENTIALS";
  private static final String METADATA = "GOOGLE_METADATA_SERVER_CREDENTIALS";
  private static final List<String> SCOPES =
      List.of("https://www.googleapis.com/auth/devstorage.read_write");

  /**
   * By the first of {@code GOOGLE_APPLICATION_CREDENTIALS_JSON}, {@code
   * GOOGLE_APPLICATION_CREDENTIALS}, {@code GOOGLE_METADATA_SERVER_CREDENTIALS=true} and gcloud's
   * file that is there.
   *
   * @throws StoreRefusedException if it can't be used
   */
  static GcsCredentials of(Map<String, String> env) {
    var json = GcsSettings.value(env, JSON);
    if (json != null) {
      return key(json, JSON);
    }
    var file = GcsSettings.value(env, FILE);
    if (file != null) {
      return file(Path.of(file), FILE);
    }
    if ("true".equals(GcsSettings.value(env, METADATA))) {
      return new GcsCredentials(
          ComputeEngineCredentials.create().createScoped(SCOPES),
          "the account of the metadata server");
    }
    var gcloud = gcloud(env);
    return Files.exists(gcloud)
        ? file(gcloud, "gcloud auth application-default login")
        : new GcsCredentials(null, "no credentials");
  }

  private static Path gcloud(Map<String, String> env) {
    var folder = GcsSettings.value(env, "CLOUDSDK_CONFIG");
    var base =
        folder != null
            ? Path.of(folder)
            : Path.of(env.getOrDefault("HOME", "/"), ".config", "gcloud");
    return base.resolve("application_default_credentials.json");
  }

  private static GcsCredentials file(Path file, String from) {
    try {
      return key(Files.readString(file), from);
    } catch (IOException e) {
      throw new StoreRefusedException("%s: the file %s can't be read.".formatted(from, file), e);
    }
  }

  private static GcsCredentials key(String json, String from) {
    try {
      var google =
          GoogleCredentials.fromStream(
                  new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)))
              .createScoped(SCOPES);
      return new GcsCredentials(
          google,
          google instanceof ServiceAccountCredentials account
              ? account.getClientEmail()
              : "the account of " + from);
    } catch (IOException | RuntimeException e) {
      // Without what the parser says: it could show a part of the key.
      throw new StoreRefusedException(
          "%s holds no key of a service account, nor other credentials of Google, in JSON."
              .formatted(from));
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
