package dev.batchapi.e2e;

import dev.batchapi.operator.NamedCluster;
import dev.batchapi.operator.kube.Kubernetes;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The cluster that the tests run on, with the product installed. As a JUnit extension it skips a
 * class, loudly, where there is none.
 */
public final class Cluster implements BeforeAllCallback {
  static final String SYSTEM = "batchapi-system";

  /** What a command printed and how it ended. */
  record Result(int code, String out) {}

  @Override
  public void beforeAll(ExtensionContext context) {
    var _ = NamedCluster.kubeconfigOrSkip(context.getDisplayName());
  }

  static Path kubeconfig() {
    return NamedCluster.kubeconfig().orElseThrow();
  }

  /** Where the test cluster keeps its state; its processes have it among their arguments. */
  static String folder() {
    return kubeconfig().toAbsolutePath().getParent() + "/";
  }

  /** One for all tests. */
  static KubernetesClient client() {
    return Holder.CLIENT;
  }

  private static final class Holder {
    static final KubernetesClient CLIENT = Kubernetes.client(NamedCluster.config(kubeconfig()));
  }

  /** What the user types, and what they read: standard output and error together. */
  static Result kubectl(String input, String... arguments) {
    var command = new ArrayList<>(List.of("kubectl"));
    command.addAll(List.of(arguments));
    return run(command, input);
  }

  /** What a script does that finds the cluster by KUBECONFIG. */
  static Result shell(String script) {
    return run(List.of("bash"), script);
  }

  private static Result run(List<String> command, String input) {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("KUBECONFIG", kubeconfig().toString());
    try {
      var process = builder.start();
      try (var stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      }
      var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(3, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError("still running: " + command);
      }
      return new Result(process.exitValue(), out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The same, in a namespace. */
  static Result in(String namespace, String... arguments) {
    var all = Stream.concat(Stream.of("-n", namespace), Stream.of(arguments));
    return kubectl("", all.toArray(String[]::new));
  }

  /** What an admin types about the installed product, and what they read: it must succeed. */
  static String inSystem(String... arguments) {
    var result = in(SYSTEM, arguments);
    if (result.code() != 0) {
      throw new AssertionError(String.join(" ", arguments) + ": " + result.out());
    }
    return result.out();
  }

  /** Where the operator's pod answers; it has no Service. */
  static String operatorsAddress() {
    return inSystem(
            "get",
            "pod",
            "-l",
            "app.kubernetes.io/name=batchapi-operator",
            "--field-selector=status.phase=Running",
            "--sort-by=.metadata.creationTimestamp",
            "-o",
            "jsonpath={.items[-1:].status.podIP}")
        .strip();
  }
}
