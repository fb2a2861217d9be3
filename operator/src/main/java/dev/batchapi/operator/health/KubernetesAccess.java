package dev.batchapi.operator.health;

import dev.batchapi.contract.Sha256;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets whom Kubernetes lets: a bearer token that the API server knows (TokenReview), of somebody
 * who may {@code get} the URL {@code /metrics} (SubjectAccessReview). So do kube-rbac-proxy and the
 * operators that are written in Go.
 *
 * <p>The port speaks HTTP without encryption, so a token may be one that is good for nothing else:
 * of the audience {@value #AUDIENCE}.
 */
public final class KubernetesAccess implements MetricsAccess {
  private static final Logger LOG = LoggerFactory.getLogger(KubernetesAccess.class);

  static final String AUDIENCE = "batchapi-metrics";
  static final Duration ALLOWED_FOR = Duration.ofMinutes(1);
  static final Duration REFUSED_FOR = Duration.ofSeconds(10);
  private static final int REMEMBERED = 500;
  private static final int LONGEST_TOKEN = 16 * 1024;

  /** A flood of made-up tokens must not become one of requests to the API server. */
  private static final int REVIEWS_AT_ONCE = 4;

  private static final Duration WAITS = Duration.ofSeconds(5);

  private static final Refusal NO_TOKEN =
      new Refusal(401, "Metrics need a bearer token: Authorization: Bearer TOKEN.");
  private static final Refusal UNKNOWN_TOKEN =
      new Refusal(
          401,
          "Kubernetes does not know this token: it has run out, or is for another audience than the API server or %s."
              .formatted(AUDIENCE));
  private static final Refusal BUSY =
      new Refusal(503, "Many tokens are being looked at: ask again in a moment.");
  private static final Refusal UNREACHABLE =
      new Refusal(503, "Kubernetes could not be asked about this token; see the operator's log.");

  private record Verdict(Optional<Refusal> refusal, Instant until) {}

  private final KubernetesClient client;
  private final Clock clock;
  private final Semaphore reviews = new Semaphore(REVIEWS_AT_ONCE);

  // Guarded by itself; by the token's digest, for a heap dump should hold no tokens.
  private final Map<String, Verdict> verdicts =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Verdict> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * Asks nothing yet.
   *
   * @param client whose user may create TokenReviews and SubjectAccessReviews
   */
  public KubernetesAccess(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  @Override
  public Optional<Refusal> refusal(@Nullable String authorization) {
    if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith("bearer ")) {
      return Optional.of(NO_TOKEN);
    }
    var token = authorization.substring("bearer ".length()).strip();
    if (token.isEmpty() || token.length() > LONGEST_TOKEN) {
      return Optional.of(NO_TOKEN);
    }
    var key = Sha256.hex(token);
    var known = known(key);
    return known.isPresent() ? known.get().refusal() : review(token, key);
  }

  private Optional<Verdict> known(String key) {
    synchronized (verdicts) {
      return Optional.ofNullable(verdicts.get(key))
          .filter(verdict -> clock.instant().isBefore(verdict.until()));
    }
  }

  private Optional<Refusal> review(String token, String key) {
    try {
      if (!reviews.tryAcquire(WAITS.toMillis(), TimeUnit.MILLISECONDS)) {
        return Optional.of(BUSY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(BUSY);
    }
    try {
      var refusal = ask(token);
      var until = clock.instant().plus(refusal.isPresent() ? REFUSED_FOR : ALLOWED_FOR);
      synchronized (verdicts) {
        verdicts.put(key, new Verdict(refusal, until));
      }
      return refusal;
    } catch (KubernetesClientException e) {
      LOG.warn("Who asks for metrics could not be looked up: {}", e.getMessage());
      return Optional.of(UNREACHABLE);
    } finally {
      reviews.release();
    }
  }

  private Optional<Refusal> ask(String token) {
    var user = user(token, List.of(AUDIENCE)).or(() -> user(token, List.of()));
    return user.isEmpty() ? Optional.of(UNKNOWN_TOKEN) : forbidden(user.get());
  }

  /**
   * Whose token it is.
   *
   * @param audiences none: the API server's own
   */
  private Optional<UserInfo> user(String token, List<String> audiences) {
    var review =
        client
            .tokenReviews()
            .create(
                new TokenReviewBuilder()
                    .withNewSpec()
                    .withToken(token)
                    .withAudiences(audiences)
                    .endSpec()
                    .build());
    return Optional.ofNullable(review.getStatus())
        .filter(status -> Boolean.TRUE.equals(status.getAuthenticated()))
        .map(status -> status.getUser());
  }

  private Optional<Refusal> forbidden(UserInfo user) {
    var review =
        client
            .authorization()
            .v1()
            .subjectAccessReview()
            .create(
                new SubjectAccessReviewBuilder()
                    .withNewSpec()
                    .withUser(user.getUsername())
                    .withUid(user.getUid())
                    .withGroups(user.getGroups())
                    .withExtra(user.getExtra())
                    .withNewNonResourceAttributes("/metrics", "get")
                    .endSpec()
                    .build());
    return review.getStatus() != null && Boolean.TRUE.equals(review.getStatus().getAllowed())
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                403,
                "%s may not get the URL /metrics: bind the ClusterRole batchapi-metrics-reader."
                    .formatted(user.getUsername())));
  }
}
