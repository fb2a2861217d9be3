package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The operator's permissions are those that it uses, by the API server's own log of all tests
 * before this one (the classes run in the order of their names). That none is missing, every other
 * test shows.
 */
@Tag("alone")
@ExtendWith(Cluster.class)
final class UsedPermissionsIT {
  private static final String OPERATOR = "system:serviceaccount:batchapi-system:batchapi-operator";

  /** The API server asks for it when a patch creates, and logs only the patch. */
  private static final Permission CREATED_BY_PATCH = new Permission("", "secrets", "create");

  private static final ObjectMapper JSON = new ObjectMapper();

  private record Permission(String group, String resource, String verb)
      implements Comparable<Permission> {
    @Override
    public int compareTo(Permission other) {
      return toString().compareTo(other.toString());
    }
  }

  @Test
  void everyPermissionIsUsedAndNoneIsRefused() throws Exception {
    var log = System.getenv("BATCHAPI_E2E_AUDIT_LOG");
    if (log == null || log.isBlank()) {
      System.err.println("SKIPPED: UsedPermissionsIT: BATCHAPI_E2E_AUDIT_LOG names no audit log.");
      Assumptions.abort("BATCHAPI_E2E_AUDIT_LOG is not set");
    }
    Set<Permission> used = new HashSet<>();
    Set<String> refused = new TreeSet<>();
    try (var lines = Files.lines(Path.of(log))) {
      lines.map(UsedPermissionsIT::parse).forEach(entry -> note(entry, used, refused));
    }

    assertThat(refused).as("refused").isEmpty();
    var unused = new TreeSet<>(granted());
    unused.removeAll(used);
    unused.remove(CREATED_BY_PATCH);
    assertThat(unused).as("granted and never used").isEmpty();
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void note(JsonNode entry, Set<Permission> used, Set<String> refused) {
    if (!entry.at("/user/username").asText().equals(OPERATOR)) {
      return;
    }
    var subresource = entry.at("/objectRef/subresource").asText();
    used.add(
        new Permission(
            entry.at("/objectRef/apiGroup").asText(),
            entry.at("/objectRef/resource").asText()
                + (subresource.isEmpty() ? "" : "/" + subresource),
            entry.get("verb").asText()));
    var message = entry.at("/responseStatus/message").asText();
    // Other refusals are quotas, policies and namespaces that are going.
    if (entry.at("/responseStatus/code").asInt() == 403 && message.contains("cannot ")) {
      refused.add(message);
    }
  }

  private static Set<Permission> granted() {
    var rbac = Cluster.client().rbac();
    var granted = new HashSet<Permission>();
    add(rbac.clusterRoles().withName("batchapi-operator").get().getRules(), granted);
    add(
        rbac.roles().inNamespace(Cluster.SYSTEM).withName("batchapi-operator").get().getRules(),
        granted);
    return granted;
  }

  private static void add(List<PolicyRule> rules, Set<Permission> granted) {
    for (var rule : rules) {
      for (var group : rule.getApiGroups()) {
        for (var resource : rule.getResources()) {
          rule.getVerbs().forEach(verb -> granted.add(new Permission(group, resource, verb)));
        }
      }
    }
  }
}
