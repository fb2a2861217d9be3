package dev.batchapi.operator.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchapi.operator.NamedCluster;
import dev.batchapi.operator.health.HttpEndpoint.Answer;
import dev.batchapi.operator.kube.Kubernetes;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Metrics behind the API server's word, asked with the operator's permissions and those of {@code
 * deploy/metrics-auth} alone.
 */
@Tag("alone") // it deletes the rules that MetricsAuthIT of e2e relies on
class KubernetesAccessIT {
  private static final String METRICS = "batchapi_jobs{namespace=\"secret-project\"} 1\n";
  private static final String OPERATOR = "system:serviceaccount:batchapi-system:batchapi-operator";
  private static final String NAMESPACE =
      "it-metrics-" + UUID.randomUUID().toString().substring(0, 8);

  private static @Nullable KubernetesClient admin;
  private static @Nullable KubernetesClient operator;
  private static List<HasMetadata> rules = List.of();

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private final HttpClient http = HttpClient.newHttpClient();
  private HttpEndpoint endpoint;

  @BeforeAll
  static void makeAccounts() throws IOException {
    var config = NamedCluster.configOrSkip(KubernetesAccessIT.class);
    admin = Kubernetes.client(config);
    operator =
        Kubernetes.client(new ConfigBuilder(config).withImpersonateUsername(OPERATOR).build());
    try (var yaml = Files.newInputStream(Path.of("../deploy/metrics-auth/rbac.yaml"))) {
      rules = admin().load(yaml).items();
    }
    rules.forEach(rule -> admin().resource(rule).forceConflicts().serverSideApply());
    admin()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
        .create();
    for (var name : List.of("reader", "stranger")) {
      admin()
          .resource(
              new ServiceAccountBuilder()
                  .withNewMetadata()
                  .withName(name)
                  .withNamespace(NAMESPACE)
                  .endMetadata()
                  .build())
          .create();
    }
    admin().resource(binding()).create();
    await().atMost(Duration.ofSeconds(20)).until(KubernetesAccessIT::mayReview);
  }

  /** The API server's own caches of rules trail a little. */
  private static boolean mayReview() {
    return new KubernetesAccess(operator(), Clock.systemUTC())
        .refusal("Bearer " + token("reader", null))
        .isEmpty();
  }

  @AfterAll
  static void deleteAccounts() {
    if (admin != null) {
      admin.resource(binding()).delete();
      rules.forEach(rule -> admin().resource(rule).delete());
      admin.namespaces().withName(NAMESPACE).delete();
      admin.close();
      operator().close();
    }
  }

  private static ClusterRoleBinding binding() {
    return new ClusterRoleBindingBuilder()
        .withNewMetadata()
        .withName(NAMESPACE)
        .endMetadata()
        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "batchapi-metrics-reader")
        .addNewSubject(null, "ServiceAccount", "reader", NAMESPACE)
        .build();
  }

  private static KubernetesClient admin() {
    return Objects.requireNonNull(admin);
  }

  private static KubernetesClient operator() {
    return Objects.requireNonNull(operator);
  }

  @BeforeEach
  void start() {
    endpoint = start(operator());
  }

  private HttpEndpoint start(KubernetesClient client) {
    return HttpEndpoint.start(
        0,
        () -> new Answer(true, "The cache of BatchJobs is there.\n"),
        () -> new Answer(false, "The API server at https://10.0.0.1 can't be reached.\n"),
        () -> METRICS,
        new KubernetesAccess(client, new Hands()));
  }

  /** A clock that is moved. */
  private final class Hands extends Clock {
    @Override
    public Instant instant() {
      return now.get();
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  @AfterEach
  void stop() {
    if (endpoint != null) {
      endpoint.close();
    }
    http.close();
  }

  private HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    return get(endpoint, path, headers);
  }

  private HttpResponse<String> get(HttpEndpoint from, String path, String... headers)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(from.port(), path)));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> metrics(String token) throws IOException, InterruptedException {
    return get("/metrics", "Authorization", "Bearer " + token);
  }

  @Test
  void whoMayReadThemDoes() throws Exception {
    for (var audience : Arrays.asList(null, "batchapi-metrics")) {
      var answer = metrics(token("reader", audience));

      assertThat(answer.body()).isEqualTo(METRICS);
      assertThat(answer.statusCode()).isEqualTo(200);
    }
  }

  @Test
  void withoutATokenNobodyDoes() throws Exception {
    for (var headers :
        List.of(
            new String[0],
            new String[] {"Authorization", "Basic YTpi"},
            new String[] {"Authorization", "Bearer "})) {
      var answer = get("/metrics", headers);

      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
      assertThat(answer.body())
          .isEqualTo("Metrics need a bearer token: Authorization: Bearer TOKEN.\n");
    }
  }

  @Test
  void aTokenThatKubernetesDoesNotKnowIsNone() throws Exception {
    for (var token : List.of("made-up", token("reader", "somebody-else"))) {
      var answer = metrics(token);

      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.body()).startsWith("Kubernetes does not know this token:");
    }
  }

  @Test
  void whoMayNotIsToldWhatIsMissing() throws Exception {
    var answer = metrics(token("stranger", null));

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body())
        .isEqualTo(
            "system:serviceaccount:%s:stranger may not get the URL /metrics: bind the ClusterRole batchapi-metrics-reader.\n"
                .formatted(NAMESPACE));
  }

  @Test
  void anAnswerHoldsForAMinuteAndNoLonger() throws Exception {
    var token = token("reader", null);
    assertThat(metrics(token).statusCode()).isEqualTo(200);
    admin().resource(binding()).delete();
    try {
      now.updateAndGet(before -> before.plus(KubernetesAccess.ALLOWED_FOR).minusMillis(1));
      assertThat(metrics(token).statusCode()).isEqualTo(200);

      now.updateAndGet(before -> before.plusMillis(1));
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> {
                now.updateAndGet(before -> before.plus(KubernetesAccess.ALLOWED_FOR));
                assertThat(metrics(token).statusCode()).isEqualTo(403);
              });
    } finally {
      admin().resource(binding()).create();
      await().atMost(Duration.ofSeconds(20)).until(KubernetesAccessIT::mayReview);
    }
  }

  /** The kubelet has no token; names and addresses are not for everybody. */
  @Test
  void probesAreForEverybodyAndTheirWordsAreNot() throws Exception {
    assertThat(get("/healthz"))
        .extracting(HttpResponse::statusCode, HttpResponse::body)
        .containsExactly(200, "ok\n");
    assertThat(get("/readyz"))
        .extracting(HttpResponse::statusCode, HttpResponse::body)
        .containsExactly(503, "not ok\n");
    assertThat(get("/readyz", "Authorization", "Bearer " + token("reader", null)).body())
        .startsWith("The API server at");
  }

  @Test
  void whereTheOperatorMayNotAskNobodyIsLetIn() throws Exception {
    var nobody =
        Kubernetes.client(
            new ConfigBuilder(admin().getConfiguration())
                .withImpersonateUsername("system:serviceaccount:%s:stranger".formatted(NAMESPACE))
                .build());
    try (var shut = start(nobody)) {
      var answer = get(shut, "/metrics", "Authorization", "Bearer " + token("reader", null));

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body())
          .isEqualTo("Kubernetes could not be asked about this token; see the operator's log.\n");
    } finally {
      nobody.close();
    }
  }

  private static String token(String account, @Nullable String audience) {
    return admin()
        .serviceAccounts()
        .inNamespace(NAMESPACE)
        .withName(account)
        .tokenRequest(
            new TokenRequestBuilder()
                .withNewSpec()
                .withAudiences(audience == null ? List.of() : List.of(audience))
                .withExpirationSeconds(600L)
                .endSpec()
                .build())
        .getStatus()
        .getToken();
  }
}
