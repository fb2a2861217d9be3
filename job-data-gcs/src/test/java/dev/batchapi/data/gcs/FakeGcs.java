package dev.batchapi.data.gcs;

import com.google.api.client.http.ByteArrayContent;
import com.google.api.services.storage.Storage;
import com.google.api.services.storage.model.Bucket;
import com.google.api.services.storage.model.StorageObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Cloud Storage for a test: fake-gcs-server on a free port, in memory. Close it. */
public final class FakeGcs implements AutoCloseable {
  private static final Path BINARY =
      Path.of(System.getProperty("batchapi.bin", Path.of(cache(), "batchapi", "bin").toString()))
          .resolve("fake-gcs-server");

  private final int port;
  private final Path log;
  private final Process process;
  private final Storage client;

  private FakeGcs() throws IOException {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    log = Files.createTempFile("fake-gcs", ".log");
    process =
        new ProcessBuilder(
                BINARY.toString(),
                "-backend=memory",
                "-scheme=http",
                "-host=127.0.0.1",
                "-port=" + port,
                "-public-host=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    awaitPort();
    client = GcsSettings.of(env()).client(Duration.ofSeconds(30));
  }

  private static String cache() {
    var xdg = System.getenv("XDG_CACHE_HOME");
    return xdg == null || xdg.isEmpty() ? System.getProperty("user.home") + "/.cache" : xdg;
  }

  public static FakeGcs start() {
    if (!Files.isExecutable(BINARY)) {
      throw new IllegalStateException(
          "There is no fake-gcs-server at " + BINARY + ": `make tools` builds it.");
    }
    try {
      return new FakeGcs();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitPort() throws IOException {
    var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > until) {
          throw new IOException("fake-gcs-server did not start:\n" + Files.readString(log), e);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  }

  String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  int port() {
    return port;
  }

  public Map<String, String> env() {
    return Map.of("STORAGE_EMULATOR_HOST", endpoint(), "CLOUDSDK_CONFIG", "/nowhere");
  }

  public void bucket(String name) throws IOException {
    client.buckets().insert("test", new Bucket().setName(name)).execute();
  }

  void put(String bucket, String name, byte[] content) throws IOException {
    put(bucket, new StorageObject().setName(name), content);
  }

  void put(String bucket, StorageObject object, byte[] content) throws IOException {
    client
        .objects()
        .insert(bucket, object, new ByteArrayContent("application/octet-stream", content))
        .execute();
  }

  void delete(String bucket, String name) throws IOException {
    client.objects().delete(bucket, name).execute();
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
