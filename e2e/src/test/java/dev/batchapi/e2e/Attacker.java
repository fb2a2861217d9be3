package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Somebody who may write BatchAPIs, BatchJobs and ConfigMaps in one namespace and nothing else: no
 * pods, no Secrets, nothing anywhere else.
 */
final class Attacker {
  private static final String NAME = "mallory";

  private final Team team;

  Attacker(Team team) {
    this.team = team;
    team.applies(
        """
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: %1$s}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: %1$s}
        rules:
        - {apiGroups: [batchapi.dev], resources: [batchapis, batchjobs], verbs: ["*"]}
        - {apiGroups: [""], resources: [configmaps], verbs: ["*"]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: %1$s}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: %1$s}
        subjects: [{kind: ServiceAccount, name: %1$s}]
        """
            .formatted(NAME));
    assertThat(kubectl("", "get", "pods").code()).as("has no rights on pods").isNotZero();
    assertThat(kubectl("", "get", "secrets").code()).as("nor on Secrets").isNotZero();
  }

  private Cluster.Result kubectl(String input, String... arguments) {
    var who = "--as=system:serviceaccount:%s:%s".formatted(team.namespace(), NAME);
    var all = Stream.concat(Stream.of(who, "-n", team.namespace()), Stream.of(arguments));
    return Cluster.kubectl(input, all.toArray(String[]::new));
  }

  /** Must be allowed to. */
  void applies(String yaml) {
    var result = kubectl(yaml, "apply", "-f", "-");
    assertThat(result.code()).as(result.out()).isZero();
  }

  /** Deletes what is there, whatever it is, and puts another one in its place. */
  void replaces(ConfigMap configMap, Map<String, String> data) {
    var name = configMap.getMetadata().getName();
    kubectl("", "delete", "configmap", name, "--ignore-not-found");
    plants(
        new ConfigMapBuilder(configMap)
            .editMetadata()
            .withUid(null)
            .withResourceVersion(null)
            .withCreationTimestamp(null)
            .withManagedFields()
            .endMetadata()
            .withData(data)
            .build());
  }

  void plants(ConfigMap configMap) {
    var yaml = Cluster.client().getKubernetesSerialization().asYaml(configMap);
    var result = kubectl(yaml, "create", "-f", "-");
    assertThat(result.code()).as(result.out()).isZero();
  }

  void plants(String name, Map<String, String> data) {
    plants(
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName(name)
            .endMetadata()
            .withData(data)
            .build());
  }

  void deletes(String configMap) {
    var result = kubectl("", "delete", "configmap", configMap);
    assertThat(result.code()).as(result.out()).isZero();
  }
}
