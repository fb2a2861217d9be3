package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A pod from which connections are tried, with the labels of whoever it plays. It listens on 8000
 * and does nothing else by itself.
 */
record ProbePod(String namespace, String name) {
  private static final String CONNECT =
      """
      import socket, sys
      try:
          socket.create_connection((sys.argv[1], int(sys.argv[2])), 2).close()
          print("connected")
      except OSError as e:
          print(f"no: {e}")
      """;

  private static final String SEND =
      """
      import socket, sys
      s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      s.sendto(sys.argv[3].encode(), (sys.argv[1], int(sys.argv[2])))
      """;

  private static final String GET =
      """
      import sys, urllib.error, urllib.request
      request = urllib.request.Request(sys.argv[1])
      if sys.argv[2]:
          request.add_header("Authorization", "Bearer " + sys.argv[2])
      try:
          answer = urllib.request.urlopen(request, timeout=10)
      except urllib.error.HTTPError as e:
          answer = e
      print(answer.status, answer.read().decode())
      """;

  /** Starts it, and waits until it runs. It is never ready, so no Service sends anything to it. */
  static ProbePod start(String namespace, String name, Map<String, String> labels) {
    var yaml =
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: %s
          labels: {%s}
        spec:
          automountServiceAccountToken: false
          terminationGracePeriodSeconds: 0
          securityContext:
            runAsNonRoot: true
            runAsUser: 65532
            seccompProfile: {type: RuntimeDefault}
          containers:
          - name: probe
            image: %s
            command: [python3, -m, http.server, "8000"]
            readinessProbe: {exec: {command: ["false"]}, periodSeconds: 60}
            securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
        """
            .formatted(
                name,
                labels.entrySet().stream()
                    .map(label -> "%s: %s".formatted(label.getKey(), label.getValue()))
                    .collect(Collectors.joining(", ")),
                ShippedImages.runtime());
    await("the namespace's service account")
        .atMost(Duration.ofSeconds(60))
        .until(() -> Cluster.in(namespace, "get", "serviceaccount", "default").code() == 0);
    var applied = Cluster.kubectl(yaml, "apply", "-n", namespace, "-f", "-");
    assertThat(applied.code()).as(applied.out()).isZero();
    var running =
        Cluster.in(
            namespace,
            "wait",
            "--for=jsonpath={.status.phase}=Running",
            "pod/" + name,
            "--timeout=120s");
    assertThat(running.code()).as(running.out()).isZero();
    return new ProbePod(namespace, name);
  }

  String address() {
    return Cluster.in(namespace, "get", "pod", name, "-o", "jsonpath={.status.podIP}")
        .out()
        .strip();
  }

  boolean connects(String host, int port) {
    var out = python(CONNECT, host, Integer.toString(port));
    assertThat(out).containsAnyOf("connected", "no: ");
    return out.contains("connected");
  }

  /** Sends one datagram, and learns nothing of what became of it. */
  void sends(String host, int port, String line) {
    python(SEND, host, Integer.toString(port), line);
  }

  /** Status and body. */
  String gets(String address, String token) {
    return python(GET, address, token);
  }

  private String python(String program, String... arguments) {
    var command = new String[6 + arguments.length];
    System.arraycopy(new String[] {"exec", name, "--", "python3", "-c", program}, 0, command, 0, 6);
    System.arraycopy(arguments, 0, command, 6, arguments.length);
    return Cluster.in(namespace, command).out();
  }

  void delete() {
    Cluster.in(
        namespace, "delete", "pod", name, "--ignore-not-found", "--wait=false", "--grace-period=0");
  }
}
