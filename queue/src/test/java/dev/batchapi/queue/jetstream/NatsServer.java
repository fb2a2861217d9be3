package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.jetstream.access.Accounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real nats-server for a test: with the accounts and settings that ship, on a free port, in a
 * folder of its own. The port stays the same over kill and restart. Close it.
 */
public final class NatsServer implements AutoCloseable {
  private static final Path BINARY =
      Path.of(System.getProperty("batchapi.bin", Path.of(cache(), "batchapi", "bin").toString()))
          .resolve("nats-server");

  /** Whose workers the server knows from the start. */
  public static final String NAMESPACE = "default";

  private final Path folder;
  private final int port;
  private final int monitoringPort;
  private final Accounts accounts = Accounts.generate();
  private @Nullable Process process;

  private NatsServer() throws IOException {
    folder = Files.createTempDirectory("nats-server");
    try (var one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = one.getLocalPort();
      monitoringPort = other.getLocalPort();
    }
    var config =
        accounts.serverConfig(
            "127.0.0.1:" + port, "127.0.0.1:" + monitoringPort, folder.resolve("data").toString());
    Files.writeString(folder.resolve("server.conf"), withNamespace(config));
    Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
  }

  /** One namespace's account is there from the start; an operator would put it on the server. */
  private String withNamespace(String config) {
    return config.replace(
        "resolver_preload: {",
        "resolver_preload: {\n  %s: %s"
            .formatted(
                accounts.namespaceKey(NAMESPACE), accounts.namespaceAccount(NAMESPACE, Map.of())));
  }

  private static String cache() {
    var xdg = System.getenv("XDG_CACHE_HOME");
    return xdg == null || xdg.isEmpty() ? System.getProperty("user.home") + "/.cache" : xdg;
  }

  /** A server that runs. */
  public static NatsServer start() {
    var server = prepare();
    server.restart();
    return server;
  }

  /** A server that does not run yet. */
  public static NatsServer prepare() {
    if (!Files.isExecutable(BINARY)) {
      throw new IllegalStateException(
          "There is no nats-server at " + BINARY + ": `make tools` builds it.");
    }
    try {
      return new NatsServer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A server that runs and is fast to fill: it does not sync each message to the disk. */
  static NatsServer startUnsynced() {
    return startUnsynced("");
  }

  /** The same with so many bytes on its disk for all streams. */
  static NatsServer startWithRoom(long bytes) {
    return startUnsynced("max_file_store: " + bytes);
  }

  private static NatsServer startUnsynced(String more) {
    var server = prepare();
    var config = server.folder.resolve("server.conf");
    try {
      var text = Files.readString(config);
      Files.writeString(
          config, text.replace("sync_interval: always", "sync_interval: 2m\n" + more));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.restart();
    return server;
  }

  /** Starts the server, which must not be running, on the same port and folder. */
  public void restart() {
    try {
      process =
          new ProcessBuilder(BINARY.toString(), "-c", folder.resolve("server.conf").toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
              .start();
      awaitPort(process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
              "nats-server did not start:\n" + Files.readString(folder.resolve("log")), e);
        }
        Thread.onSpinWait();
        java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  }

  /** Kill -9. */
  public void kill() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }

  /** Asks it to stop, and waits until it has. */
  public void stop() {
    if (process != null) {
      process.destroy();
      process.onExit().join();
    }
  }

  /** Loses everything that was stored; only while it doesn't run. */
  public void loseData() {
    delete(folder.resolve("data"));
  }

  public String url() {
    return "nats://127.0.0.1:" + port;
  }

  /** What the server's monitoring says to this path: {@code /connz?subs=1}. */
  public String monitoring(String path) {
    try (var answer =
        URI.create("http://127.0.0.1:" + monitoringPort + path).toURL().openStream()) {
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return port;
  }

  /** The keys it believes. */
  public Accounts accounts() {
    return accounts;
  }

  /** How the owner connects. */
  public NatsAccess owner() {
    return access("owner", accounts.ownerCredentials("owner"));
  }

  /** How accounts are put on the server. */
  public NatsAccess accountKeeper() {
    return access("accounts", accounts.accountKeeperCredentials("accounts"));
  }

  /** How a worker of a job in some namespace connects. */
  public NatsAccess worker(String namespace, String job) {
    return access("worker", accounts.workerCredentials(namespace, job, null));
  }

  /** How a worker of a job connects. */
  public NatsAccess worker(String job) {
    return access("worker", accounts.workerCredentials(NAMESPACE, job, null));
  }

  /** The same, until some time. */
  public NatsAccess worker(String job, Instant expires) {
    return access("worker", accounts.workerCredentials(NAMESPACE, job, expires));
  }

  /** How a splitter of a job connects. */
  public NatsAccess splitter(String job) {
    return access("splitter", accounts.splitterCredentials(NAMESPACE, job, null));
  }

  /** How a collector of a job connects. */
  public NatsAccess collector(String job) {
    return access("collector", accounts.collectorCredentials(NAMESPACE, job, null));
  }

  private NatsAccess access(String name, String credentials) {
    try {
      var file = Files.createTempFile(folder, name, ".creds");
      Files.writeString(file, credentials);
      return new NatsAccess(url(), file, name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    kill();
    delete(folder);
  }

  private static void delete(Path tree) {
    if (!Files.exists(tree)) {
      return;
    }
    try (var paths = Files.walk(tree)) {
      for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
