package dev.batchapi.data.azure;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobServiceClient;
import dev.batchapi.data.store.ServerKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A storage account for a test: Azurite on a free port, in memory. Close it. */
public final class Azurite implements AutoCloseable {
  static final String ACCOUNT = "testaccount";
  private static final String KEY =
      Base64.getEncoder().encodeToString("hush-hush-hush".getBytes(StandardCharsets.UTF_8));
  private static final Path BINARY =
      Path.of(System.getProperty("batchapi.bin", Path.of(cache(), "batchapi", "bin").toString()))
          .resolve("azurite-blob");

  private final int port;
  private final @Nullable ServerKeys keys;
  private final Path log;
  private final Process process;
  private final BlobServiceClient client;

  private Azurite(@Nullable ServerKeys keys) throws IOException {
    this.keys = keys;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    log = Files.createTempFile("azurite", ".log");
    var builder =
        new ProcessBuilder(
                BINARY.toString(),
                "--inMemoryPersistence",
                "--disableTelemetry",
                "--skipApiVersionCheck",
                "--silent",
                "--blobHost",
                "127.0.0.1",
                "--blobPort",
                String.valueOf(port))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    if (keys != null) {
      builder
          .command()
          .addAll(
              List.of(
                  "--oauth",
                  "basic",
                  "--cert",
                  keys.file().toString(),
                  "--pwd",
                  ServerKeys.PASSWORD));
    }
    builder.environment().put("AZURITE_ACCOUNTS", ACCOUNT + ":" + KEY);
    process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    awaitPort();
    client = AzureSettings.of(env()).client(Duration.ofSeconds(30));
  }

  private static String cache() {
    var xdg = System.getenv("XDG_CACHE_HOME");
    return xdg == null || xdg.isEmpty() ? System.getProperty("user.home") + "/.cache" : xdg;
  }

  public static Azurite start() {
    return start(null);
  }

  /**
   * One that takes tokens, by their issuer, audience and time, and not by their signature.
   *
   * @param keys the server's
   */
  static Azurite withTokens(ServerKeys keys) {
    return start(keys);
  }

  private static Azurite start(@Nullable ServerKeys keys) {
    if (!Files.isExecutable(BINARY)) {
      throw new IllegalStateException(
          "There is no azurite-blob at " + BINARY + ": `make tools` installs it.");
    }
    try {
      return new Azurite(keys);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitPort() throws IOException {
    var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
    while (true) {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > until) {
          throw new IOException("Azurite did not start:\n" + Files.readString(log), e);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      }
    }
  }

  String endpoint() {
    return "%s://127.0.0.1:%d/%s".formatted(keys == null ? "http" : "https", port, ACCOUNT);
  }

  public Map<String, String> env() {
    return Map.of(
        "AZURE_STORAGE_SERVICE_ENDPOINT",
        endpoint(),
        "AZURE_STORAGE_ACCOUNT",
        ACCOUNT,
        "AZURE_STORAGE_KEY",
        KEY,
        "AZURE_CONFIG_DIR",
        "/nowhere");
  }

  /** The same with other variables; an empty one is as if it weren't there. */
  Map<String, String> with(String... more) {
    var env = new HashMap<>(env());
    for (var i = 0; i < more.length; i += 2) {
      env.put(more[i], more[i + 1]);
    }
    return env;
  }

  public BlobServiceClient client() {
    return client;
  }

  void put(String container, String name, byte[] content) {
    client
        .getBlobContainerClient(container)
        .getBlobClient(name)
        .upload(BinaryData.fromBytes(content), true);
  }

  void delete(String container, String name) {
    client.getBlobContainerClient(container).getBlobClient(name).delete();
  }

  /** Kill -9. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
    log.toFile().delete();
  }
}
