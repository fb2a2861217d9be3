package dev.batchapi.data.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.batchapi.data.store.ServerKeys;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A real S3 server for a test: versitygw on a free port, in a folder of its own. The port stays the
 * same over kill and restart. Close it.
 */
public final class VersityGw implements AutoCloseable {
  private static final Path BINARY =
      Path.of(System.getProperty("batchapi.bin", Path.of(cache(), "batchapi", "bin").toString()))
          .resolve("versitygw");

  /** The key that everything belongs to. */
  public static final String ACCESS_KEY = "test-key";

  /** Its secret. */
  public static final String SECRET_KEY = "hush-hush-hush";

  private final Path folder;
  private final int port;
  private final String region;
  private final @Nullable ServerKeys tls;
  private @Nullable Process process;

  private VersityGw(String region, @Nullable ServerKeys tls) throws IOException {
    this.region = region;
    this.tls = tls;
    folder = Files.createTempDirectory("versitygw");
    Files.createDirectory(folder.resolve("data"));
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
  }

  private static String cache() {
    var xdg = System.getenv("XDG_CACHE_HOME");
    return xdg == null || xdg.isEmpty() ? System.getProperty("user.home") + "/.cache" : xdg;
  }

  /** A server that runs, without buckets. */
  public static VersityGw start() {
    return startIn(Region.US_EAST_1.id());
  }

  /** The same in a region, which a client has to sign for. */
  static VersityGw startIn(String region) {
    return start(region, null);
  }

  /**
   * The same over TLS; {@link #authority} is whom clients have to trust.
   *
   * @param folder an empty one, for its key
   */
  public static VersityGw startSecure(Path folder) throws IOException, InterruptedException {
    return start(Region.US_EAST_1.id(), ServerKeys.make(folder, "ip:127.0.0.1"));
  }

  private static VersityGw start(String region, @Nullable ServerKeys tls) {
    if (!Files.isExecutable(BINARY)) {
      throw new IllegalStateException(
          "There is no versitygw at " + BINARY + ": `make tools` builds it.");
    }
    try {
      var server = new VersityGw(region, tls);
      server.restart();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts the server, which must not be running, on the same port and folder. */
  public void restart() {
    var command =
        new ArrayList<>(
            List.of(BINARY.toString(), "--port", "127.0.0.1:" + port, "--quiet", "--keep-alive"));
    command.addAll(List.of("--region", region));
    try {
      if (tls != null) {
        var certificate = Files.writeString(folder.resolve("cert.pem"), tls.certificate());
        var key = Files.writeString(folder.resolve("key.pem"), tls.key());
        command.addAll(List.of("--cert", certificate.toString(), "--key", key.toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    command.addAll(List.of("posix", folder.resolve("data").toString()));
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
    builder.environment().put("ROOT_ACCESS_KEY", ACCESS_KEY);
    builder.environment().put("ROOT_SECRET_KEY", SECRET_KEY);
    try {
      process = builder.start();
      awaitPort(process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The certificate that a client has to trust, as PEM. */
  public String authority() throws IOException, GeneralSecurityException {
    return Objects.requireNonNull(tls).certificate();
  }

  private void awaitPort(Process started) throws IOException {
    var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException e) {
        if (!started.isAlive() || System.nanoTime() > until) {
          throw new IOException(
              "versitygw did not start:\n" + Files.readString(folder.resolve("log")), e);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  }

  /** Kill -9. */
  public void kill() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }

  int port() {
    return port;
  }

  /** The address of its root. */
  public URI endpoint() {
    return URI.create((tls == null ? "http" : "https") + "://127.0.0.1:" + port);
  }

  /** The variables that make a program use it. */
  public Map<String, String> env() {
    return Map.of(
        "AWS_ENDPOINT_URL", endpoint().toString(),
        "AWS_ACCESS_KEY_ID", ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY", SECRET_KEY);
  }

  /** The SDK's own client, to put things there. Close it. */
  public S3Client client() {
    var env = new HashMap<>(env());
    env.put("AWS_REGION", region);
    return S3Settings.of(env).client(Duration.ofSeconds(30));
  }

  /** Makes a bucket behind the server's back. */
  public void layBucket(String name) throws IOException {
    Files.createDirectory(folder.resolve("data").resolve(name));
  }

  /** Makes a bucket. */
  public void bucket(String name) {
    try (var client = client()) {
      client.createBucket(bucket -> bucket.bucket(name));
    }
  }

  /** Writes an object. */
  public void put(String bucket, String key, byte[] content) {
    try (var client = client()) {
      client.putObject(put -> put.bucket(bucket).key(key), RequestBody.fromBytes(content));
    }
  }

  /** Puts a file into a bucket behind the server's back: it has no ETag. */
  void putWithoutEtag(String bucket, String key, String content) throws IOException {
    Files.writeString(folder.resolve("data").resolve(bucket).resolve(key), content);
  }

  /** Many objects in no time: behind the server's back, with an ETag. */
  public void lay(String bucket, String key, byte[] content) throws IOException {
    lay(bucket, key, content, 1);
  }

  /** The same of a content that is repeated. */
  public void lay(String bucket, String key, byte[] content, int times) throws IOException {
    var file = folder.resolve("data").resolve(bucket).resolve(key);
    Files.createDirectories(file.getParent());
    try (var out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      for (var i = 0; i < times; i++) {
        out.write(content);
      }
    }
    var etag = HexFormat.of().formatHex(Arrays.copyOf(key.getBytes(UTF_8), 16));
    Files.getFileAttributeView(file, UserDefinedFileAttributeView.class)
        .write("etag", ByteBuffer.wrap(etag.getBytes(UTF_8)));
  }

  @Override
  public void close() {
    kill();
    try (var paths = Files.walk(folder)) {
      for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
