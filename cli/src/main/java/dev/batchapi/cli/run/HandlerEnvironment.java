package dev.batchapi.cli.run;

import dev.batchapi.cli.manifest.ConfigMap;
import dev.batchapi.cli.manifest.Manifests;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.EnvVar;
import dev.batchapi.crds.NamedSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The environment variables of a handler as a pod would have them: {@code valueFrom} from the
 * ConfigMaps and Secrets of the files, references as kubelet expands them.
 */
final class HandlerEnvironment {
  private final Manifests manifests;
  private final NamedSpec<BatchJobSpec> job;
  private final Map<String, String> shell;
  private final Map<String, String> values = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * Variables and what a person should know of them.
   *
   * @param values by name
   * @param notes one sentence each
   */
  record Resolved(Map<String, String> values, List<String> notes) {}

  /**
   * @param job the job that is run; its namespace is where ConfigMaps and Secrets are looked for
   * @param shell the environment of this process, for what the files do not hold
   */
  HandlerEnvironment(Manifests manifests, NamedSpec<BatchJobSpec> job, Map<String, String> shell) {
    this.manifests = manifests;
    this.job = job;
    this.shell = shell;
  }

  /**
   * Resolves them, in order.
   *
   * @throws UsageException if one is taken from what neither the files nor the shell have
   */
  Resolved of(@Nullable List<EnvVar> variables) {
    for (var variable : variables == null ? List.<EnvVar>of() : variables) {
      var from = variable.valueFrom();
      if (from == null) {
        var value = variable.value() == null ? "" : variable.value();
        values.put(variable.name(), References.expand(value, values));
      } else {
        value(variable.name(), from).ifPresent(value -> values.put(variable.name(), value));
      }
    }
    return new Resolved(values, notes);
  }

  private Optional<String> value(String name, EnvVar.Source from) {
    if (from.configMapKeyRef() != null) {
      return key(
          name,
          "ConfigMap",
          from.configMapKeyRef(),
          manifests.configMap(job.namespace(), from.configMapKeyRef().name()).map(ConfigMap::data));
    }
    if (from.secretKeyRef() != null) {
      return key(
          name,
          "Secret",
          from.secretKeyRef(),
          manifests.secret(job.namespace(), from.secretKeyRef().name()));
    }
    return from.fieldRef() == null ? Optional.empty() : field(name, from.fieldRef().fieldPath());
  }

  private Optional<String> key(
      String name, String kind, EnvVar.KeyRef ref, Optional<Map<String, String>> data) {
    var value = data.map(keys -> keys.get(ref.key()));
    if (value.isPresent()) {
      return value;
    }
    var missing =
        data.isEmpty()
            ? "%s \"%s\" is not in the files".formatted(kind, ref.name())
            : "%s \"%s\" has no key \"%s\"".formatted(kind, ref.name(), ref.key());
    if (shell.containsKey(name)) {
      notes.add("env %s: %s; the shell's own value is used.".formatted(name, missing));
      return Optional.of(shell.get(name));
    }
    if (Boolean.TRUE.equals(ref.optional())) {
      return Optional.empty();
    }
    throw new UsageException(
        "env %s: %s: name the file that holds it too, or set %s in the shell."
            .formatted(name, missing, name));
  }

  /** What a pod's own fields would be, of this machine where it can be said. */
  private Optional<String> field(String name, String path) {
    var value =
        switch (path) {
          case "metadata.name" -> job.name() + "-local";
          case "metadata.namespace" -> job.namespace();
          case "metadata.labels['batchapi.dev/job']" -> job.name();
          case "metadata.labels['batchapi.dev/api']" -> job.spec().apiName();
          case "spec.nodeName" -> "localhost";
          case "spec.serviceAccountName" -> "default";
          case "status.podIP", "status.podIPs", "status.hostIP", "status.hostIPs" -> "127.0.0.1";
          default -> null;
        };
    if (value != null) {
      return Optional.of(value);
    }
    var own = Optional.ofNullable(shell.get(name));
    notes.add(
        "env %s: the field %s is only known in a cluster; %s."
            .formatted(
                name,
                path,
                own.isPresent() ? "the shell's own value is used" : "the variable is not set"));
    return own;
  }
}
