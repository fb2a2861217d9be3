package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.data.store.ServerKeys;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store as it is in a company's own network: over TLS, with a certificate that Java does not
 * know.
 */
@ExtendWith(Cluster.class)
final class PrivateStoreIT {
  private static final String ECHO =
      "class Handler:\n    def handle_batch(self, payload):\n        return payload\n";

  @TempDir private Path folder;

  /**
   * Worker and collector write the one's results there, splitter and worker read the other's items.
   */
  @Test
  void isTrustedByAllProgramsIfTheSecretHasItsCertificate() throws Exception {
    try (var user = new Team("private")) {
      var name = "s3.%s.svc".formatted(user.namespace());
      var keys = ServerKeys.make(folder, "dns:" + name);
      server(user, keys);
      secret(user, "unknown", name, "");
      secret(user, "store", name, "CA_CERTIFICATES: |\n" + keys.certificate().indent(2));
      var storage = "batchSize: 10\nstorage: {secret: {name: %s}}";
      var files = "input: {files: {paths: [\"s3://photos/out/results-*.jsonl\"]}}";
      user.applies(
          Team.python(
              "refused",
              "input: {count: 1}\noutput: {path: \"s3://photos/no/\"}",
              storage.formatted("unknown"),
              ECHO));

      assertThat(user.reasonOfTheEndOf("refused")).isEqualTo("OutputInvalid");
      assertThat(user.condition("refused", "Finished").orElseThrow().message())
          .contains("certificate is not trusted here", "CA_CERTIFICATES");

      user.applies(
          Team.python(
              "writes",
              "input: {count: 25}\noutput: {path: \"s3://photos/out/\"}",
              storage.formatted("store"),
              ECHO));
      user.completes("writes", 3);
      user.applies(Team.python("reads", files, storage.formatted("store"), ECHO));
      user.completes("reads", 3);
    }
  }

  private static void secret(Team user, String secret, String host, String more) {
    user.applies(
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: %s}
        stringData:
          AWS_ENDPOINT_URL: https://%s:7070
          AWS_ACCESS_KEY_ID: key
          AWS_SECRET_ACCESS_KEY: hush-hush-hush
        """
                .formatted(secret, host)
            + more.indent(2));
  }

  /** With one bucket: a folder of the volume. */
  private static void server(Team user, ServerKeys keys) throws Exception {
    user.applies(
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: keys}
        stringData:
          cert.pem: |
        %s
          key.pem: |
        %s
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: s3}
        spec: {selector: {app: s3}, ports: [{port: 7070}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: s3, labels: {app: s3}}
        spec:
          automountServiceAccountToken: false
          terminationGracePeriodSeconds: 0
          securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
          containers:
          - name: s3
            image: batchapi-e2e/versitygw:1
            imagePullPolicy: Never
            args: [--port, ":7070", --quiet, --cert, /keys/cert.pem, --key, /keys/key.pem, posix, --sidecar, /data/meta, /data/files]
            env: [{name: ROOT_ACCESS_KEY, value: key}, {name: ROOT_SECRET_KEY, value: hush-hush-hush}]
            readinessProbe: {tcpSocket: {port: 7070}, periodSeconds: 1}
            securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
            volumeMounts:
            - {name: data, mountPath: /data/files}
            - {name: photos, mountPath: /data/files/photos}
            - {name: meta, mountPath: /data/meta}
            - {name: keys, mountPath: /keys}
          volumes:
          - {name: data, emptyDir: {medium: Memory, sizeLimit: 16Mi}}
          - {name: photos, emptyDir: {medium: Memory, sizeLimit: 16Mi}}
          - {name: meta, emptyDir: {medium: Memory, sizeLimit: 16Mi}}
          - {name: keys, secret: {secretName: keys}}
        """
            .formatted(keys.certificate().indent(4), keys.key().indent(4)));
    var ready = user.kubectl("wait", "--for=condition=Ready", "pod/s3", "--timeout=120s");
    assertThat(ready.code()).as(ready.out()).isZero();
  }
}
