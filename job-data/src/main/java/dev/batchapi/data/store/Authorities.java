package dev.batchapi.data.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whose certificates this process trusts beside those that Java trusts: of a private authority, as
 * a store in a company's own network has. They are named by the variable {@link #TEXT}, or by the
 * files that the AWS SDKs and OpenSSL look into.
 */
public final class Authorities {
  /** The certificates themselves, as PEM: what a Secret can hold. */
  public static final String TEXT = "CA_CERTIFICATES";

  private static final List<String> FILES = List.of("AWS_CA_BUNDLE", "SSL_CERT_FILE");

  private static Map<String, String> trusted = Map.of();
  private static TrustManager @Nullable [] managers;

  private Authorities() {}

  /**
   * Trusts those that an environment names, in all of this process, from now on. Reading them takes
   * longer than a request does, so it is for who speaks TLS.
   *
   * @throws StoreRefusedException if a variable does not name certificates
   */
  public static synchronized void trust(Map<String, String> env) {
    var named = new TreeMap<>(env);
    named.keySet().removeIf(name -> !name.equals(TEXT) && !FILES.contains(name));
    named.values().removeIf(String::isBlank);
    if (named.isEmpty() || named.equals(trusted)) {
      return;
    }
    var more = new ArrayList<Certificate>();
    named.forEach((name, value) -> more.addAll(read(name, value)));
    try {
      var context = SSLContext.getInstance("TLS");
      managers = beside(more);
      context.init(null, managers, null);
      SSLContext.setDefault(context);
      HttpsURLConnection.setDefaultSSLSocketFactory(context.getSocketFactory());
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("This Java can't take certificates.", e);
    }
    trusted = named;
  }

  /**
   * The same, for a store at an endpoint.
   *
   * @param endpoint null: the vendor's own, which speaks TLS
   */
  public static void trust(@Nullable URI endpoint, Map<String, String> env) {
    if (endpoint == null || !"http".equalsIgnoreCase(endpoint.getScheme())) {
      trust(env);
    }
  }

  /** For clients that do not ask the JVM; null if nothing but Java's own is trusted. */
  public static synchronized TrustManager @Nullable [] managers() {
    return managers == null ? null : managers.clone();
  }

  private static List<Certificate> read(String name, String value) {
    var inFile = !name.equals(TEXT);
    var place = inFile ? ", in " + value : "";
    try {
      var pem =
          inFile
              ? Files.readAllBytes(Path.of(value.strip()))
              : value.getBytes(StandardCharsets.UTF_8);
      var read =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem));
      if (!read.isEmpty()) {
        return List.copyOf(read);
      }
    } catch (CertificateException e) {
      throw new StoreRefusedException(
          "%s has no certificate that can be read%s: PEM is expected, -----BEGIN CERTIFICATE----- and so on (%s)"
              .formatted(name, place, e.getMessage()),
          e);
    } catch (IOException | IllegalArgumentException e) {
      throw new StoreRefusedException(
          "%s names a file that can't be read: %s".formatted(name, value), e);
    }
    throw new StoreRefusedException(
        "%s has no certificate%s: PEM is expected, -----BEGIN CERTIFICATE----- and so on."
            .formatted(name, place));
  }

  private static TrustManager[] beside(List<Certificate> more)
      throws GeneralSecurityException, IOException {
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    var all = new ArrayList<>(more);
    for (var manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager known) {
        all.addAll(Arrays.asList(known.getAcceptedIssuers()));
      }
    }
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (var certificate : all) {
      store.setCertificateEntry("authority-" + store.size(), certificate);
    }
    factory.init(store);
    return factory.getTrustManagers();
  }
}
