package dev.batchapi.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which calls of an operator are of one kind: CrashIT dies once of each. */
class DeathTest {
  private final String uid = UUID.randomUUID().toString();
  private final String other = UUID.randomUUID().toString();

  @Test
  void namesAndNumbersMakeNoKind() {
    assertThat(kind("PUB", "work." + uid + ".3")).isEqualTo(kind("PUB", "work." + other + ".999"));
    assertThat(kind("PUB", "$JS.API.CONSUMER.DELETE.WORK." + uid))
        .isEqualTo(kind("PUB", "$JS.API.CONSUMER.DELETE.WORK." + other));
    assertThat(kind("DELETE", "/apis/batch/v1/namespaces/crash-1a2b3c/jobs/crash-now-0-0"))
        .isEqualTo(kind("DELETE", "/apis/batch/v1/namespaces/crash-abcdef/jobs/crash-now-1-2"));
    assertThat(kind("POST", "/api/v1/namespaces/crash-1/configmaps/crash-now-d2f20370-run"))
        .isEqualTo(kind("POST", "/api/v1/namespaces/crash-2/configmaps/crash-now-ffffffff-run"));
  }

  @Test
  void whatIsDoneMakesAKind() {
    assertThat(kind("PUB", "work." + uid + ".final"))
        .isNotEqualTo(kind("PUB", "work." + uid + ".3"));
    assertThat(kind("PUB", "end." + uid)).isNotEqualTo(kind("PUB", "work." + uid));
    assertThat(new Death.Call("PATCH", "/batchjobs/a/status", "{\"phase\":\"Running\"}").kind())
        .isNotEqualTo(
            new Death.Call("PATCH", "/batchjobs/a/status", "{\"phase\":\"Succeeded\"}").kind());
  }

  @Test
  void theConfigMapWithResultsIsOfItsOwnKind() {
    var frozen = made("{\"metadata\": {\"name\": \"crash-now-d2f20370-run-1a2b3c4d5e\"}}");
    var results = made("{\"metadata\": {\"name\": \"crash-now-results\"}}");

    assertThat(results.kind()).isNotEqualTo(frozen.kind());
    assertThat(results.isOfResults()).isTrue();
    assertThat(frozen.isOfResults()).isFalse();
  }

  private static Death.Call made(String body) {
    return new Death.Call("POST", "/api/v1/namespaces/crash-1a2b3c/configmaps", body);
  }

  private static String kind(String verb, String where) {
    return new Death.Call(verb, where, "").kind();
  }
}
