package dev.batchapi.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.queue.QueueAccessException;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.JetStreamWorkQueue;
import dev.batchapi.queue.jetstream.NatsAccess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the queue of a cluster gives to those who have no business there. */
@ExtendWith(Cluster.class)
@Timeout(300)
class QueueAccessIT {
  private static final String SLOW =
      """
      import time
      class Handler:
          def handle_batch(self, payload):
              time.sleep(1)
              return payload
      """;

  private final Team user = new Team("access");
  @TempDir private Path folder;

  @AfterEach
  void close() {
    user.close();
  }

  @Test
  void aHandlerReachesTheQueueButNotItsMonitoring() {
    var address =
        Cluster.client()
            .pods()
            .inNamespace(Cluster.SYSTEM)
            .withName("nats-0")
            .get()
            .getStatus()
            .getPodIP();
    user.applies(
        Team.python(
            "prober",
            "input: {count: 1}",
            "retry: {maxAttempts: 1}",
            """
            import socket
            class Handler:
                def handle_batch(self, payload):
                    for host in ["%1$s", "nats.%2$s.svc"]:
                        socket.create_connection((host, 4222), 10).close()
                        try:
                            socket.create_connection((host, 8222), 5)
                        except OSError:
                            continue
                        raise AssertionError(host + " answers on 8222")
                    return payload
            """
                .formatted(address, Cluster.SYSTEM)));
    user.completes("prober", 1);
  }

  @Test
  void theCredentialsOfADeletedJobAreRefused() throws Exception {
    user.applies(Team.python("gone", "input: {count: 1000}", "batchSize: 1", SLOW));
    user.awaits("some batches", () -> user.succeeded("gone") >= 1);
    var uid = user.job("gone").getMetadata().getUid();
    var stolen = folder.resolve("stolen.creds");
    Files.write(stolen, credentials());
    try (var way = new PortForward();
        var queue = connect(way, stolen, uid)) {
      assertThat(queue.ended()).as("they were good").isEmpty();
    }
    user.kubectl("delete", "batchjob", "gone");
    user.awaits("the credentials to be refused", () -> isRefused(stolen, uid));
  }

  private byte[] credentials() {
    return Cluster.client().secrets().inNamespace(user.namespace()).list().getItems().stream()
        .filter(secret -> secret.getMetadata().getName().endsWith("-nats"))
        .map(secret -> Base64.getDecoder().decode(secret.getData().get("worker.creds")))
        .findFirst()
        .orElseThrow();
  }

  private static JetStreamWorkQueue connect(PortForward way, Path credentials, String uid) {
    return JetStreamWorkQueue.connect(
        new NatsAccess(way.url(), credentials, "thief"), uid, 1000, JetStreamSettings.DEFAULT);
  }

  /**
   * Each look has a forward of its own: kubectl ends one as soon as the server closes a connection
   * that was forwarded, and a refused one is closed.
   */
  private static boolean isRefused(Path credentials, String uid) {
    try (var way = new PortForward()) {
      connect(way, credentials, uid).close();
      return false;
    } catch (QueueAccessException e) {
      return true;
    } catch (QueueUnavailableException e) {
      return false; // the forward ended first: nothing is known
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From this machine to the queue, with the rights of an admin. */
  private static final class PortForward implements AutoCloseable {
    private static final Pattern PORT = Pattern.compile("127\\.0\\.0\\.1:(\\d+)");
    private final Process process;
    private final String port;

    PortForward() throws IOException {
      var command =
          new ProcessBuilder("kubectl", "-n", Cluster.SYSTEM, "port-forward", "nats-0", ":4222")
              .redirectErrorStream(true);
      command.environment().put("KUBECONFIG", Cluster.kubeconfig().toString());
      process = command.start();
      var out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
      var line = out.readLine();
      var found = PORT.matcher(line == null ? "" : line);
      if (!found.find()) {
        throw new IOException("kubectl port-forward: " + line);
      }
      port = found.group(1);
    }

    String url() {
      return "nats://127.0.0.1:" + port;
    }

    @Override
    public void close() {
      process.destroy();
    }
  }
}
