package dev.batchapi.operator.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The roles that deploy/ gives people and services allow what they are for, and no more. */
@Tag("alone")
class UserRolesIT {
  @RegisterExtension static final TestCluster CLUSTER = new TestCluster();

  @BeforeAll
  static void roles() {
    CLUSTER.apply(Path.of("../deploy/rbac-users.yaml"));
    for (String role : new String[] {"edit", "view", "batchapi-submitter"}) {
      CLUSTER.bind(role);
    }
    // Kubernetes adds our rules to its own roles a moment later.
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                CLUSTER.allows("view", "get", "batchjobs")
                    && CLUSTER.allows("edit", "create", "batchapis"));
  }

  @ParameterizedTest(name = "{0}: {1} {2} is {3}")
  @CsvSource({
    "edit, create, batchapis, true",
    "edit, deletecollection, batchjobs, true",
    "edit, update, batchjobs/scale, true",
    "edit, patch, batchjobs/status, false",
    "view, watch, batchapis, true",
    "view, get, batchjobs/scale, true",
    "view, create, batchjobs, false",
    "view, patch, batchjobs/scale, false",
    "batchapi-submitter, create, batchjobs, true",
    "batchapi-submitter, delete, batchjobs, true",
    "batchapi-submitter, patch, batchjobs/scale, true",
    "batchapi-submitter, get, batchapis, true",
    "batchapi-submitter, create, batchapis, false",
    "batchapi-submitter, patch, batchapis, false",
    "batchapi-submitter, patch, batchjobs/status, false",
  })
  void mayDo(String role, String verb, String resource, boolean allowed) {
    assertThat(CLUSTER.allows(role, verb, resource)).isEqualTo(allowed);
  }
}
