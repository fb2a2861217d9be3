package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A real S3 server in a pod, with what it holds in memory, and a second one over the same that
 * refuses to be written to.
 */
final class S3Server implements AutoCloseable {
  private static final String BUCKET = "photos";

  private final Team team;
  private final S3Client client;
  private final String endpoint;

  /** Starts it, makes a bucket, and a Secret {@code store} with which jobs read from it. */
  S3Server(Team team) {
    this.team = team;
    team.applies(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: s3}
        spec:
          automountServiceAccountToken: false
          terminationGracePeriodSeconds: 0
          securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
          containers:
          - name: s3
            image: batchapi-e2e/versitygw:1
            imagePullPolicy: Never
            args: [--port, ":7070", --quiet, --keep-alive, posix, --sidecar, /data/meta, /data/files]
            env: [{name: ROOT_ACCESS_KEY, value: key}, {name: ROOT_SECRET_KEY, value: hush-hush-hush}]
            readinessProbe: {tcpSocket: {port: 7070}, periodSeconds: 1}
            securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
            volumeMounts: [{name: data, mountPath: /data/files}, {name: meta, mountPath: /data/meta}]
          - name: readonly
            image: batchapi-e2e/versitygw:1
            imagePullPolicy: Never
            args: [--port, ":7071", --quiet, --keep-alive, --readonly, posix, --sidecar, /data/meta, /data/files]
            env: [{name: ROOT_ACCESS_KEY, value: key}, {name: ROOT_SECRET_KEY, value: hush-hush-hush}]
            readinessProbe: {tcpSocket: {port: 7071}, periodSeconds: 1}
            securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
            volumeMounts: [{name: data, mountPath: /data/files}, {name: meta, mountPath: /data/meta}]
          volumes:
          - {name: data, emptyDir: {medium: Memory, sizeLimit: 64Mi}}
          - {name: meta, emptyDir: {medium: Memory, sizeLimit: 64Mi}}
        """);
    var ready = team.kubectl("wait", "--for=condition=Ready", "pod/s3", "--timeout=120s");
    assertThat(ready.code()).as(ready.out()).isZero();
    var address = team.kubectl("get", "pod", "s3", "-o", "jsonpath={.status.podIP}").out().strip();
    endpoint = "http://" + address + ":7070";
    client =
        S3Client.builder()
            .endpointOverride(URI.create(endpoint))
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create("key", "hush-hush-hush")))
            .build();
    client.createBucket(bucket -> bucket.bucket(BUCKET));
    secret("store", "hush-hush-hush");
    secret("moving", "hush-hush-hush");
    secret("readonly", "hush-hush-hush", "http://" + address + ":7071");
  }

  /** A Secret that names this server. */
  void secret(String name, String secretKey) {
    secret(name, secretKey, endpoint);
  }

  /** A Secret that names a server which is not there. */
  void secretOfNowhere(String name) {
    secret(name, "hush-hush-hush", endpoint.replaceAll("[0-9]+$", "7079"));
  }

  private void secret(String name, String secretKey, String url) {
    team.applies(
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: %s}
        stringData: {AWS_ENDPOINT_URL: "%s", AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: %s}
        """
            .formatted(name, url, secretKey));
  }

  /** The shell's variables of somebody who uses it. */
  Map<String, String> env() {
    return Map.of(
        "AWS_ENDPOINT_URL", endpoint,
        "AWS_REGION", "us-east-1",
        "AWS_ACCESS_KEY_ID", "key",
        "AWS_SECRET_ACCESS_KEY", "hush-hush-hush");
  }

  /** Makes another bucket. */
  void bucket(String name) {
    client.createBucket(bucket -> bucket.bucket(name));
  }

  String get(String key) {
    return client.getObjectAsBytes(get -> get.bucket(BUCKET).key(key)).asUtf8String();
  }

  List<String> keys(String prefix) {
    return client
        .listObjectsV2Paginator(list -> list.bucket(BUCKET).prefix(prefix))
        .contents()
        .stream()
        .map(S3Object::key)
        .toList();
  }

  void put(String key, String content) {
    client.putObject(
        put -> put.bucket(BUCKET).key(key),
        RequestBody.fromBytes(content.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public void close() {
    client.close();
  }
}
