package dev.batchapi.operator.job.accept;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.operator.kube.NamespaceLevels;
import dev.batchapi.operator.pod.FrozenFiles;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.FrozenObjects;
import dev.batchapi.operator.pod.JobId;
import dev.batchapi.operator.pod.Names;
import dev.batchapi.operator.pod.PodSecurity;
import dev.batchapi.operator.pod.PodTemplateException;
import dev.batchapi.operator.pod.PythonHost;
import dev.batchapi.operator.pod.TamperedException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps what was frozen in ConfigMaps of the job's namespace, where others may write too: what is
 * read is what was written, or an exception.
 */
public final class FrozenStore {
  private final Optional<PythonHost> pythonHost;
  private final NamespaceLevels levels;

  public FrozenStore(Optional<PythonHost> pythonHost, NamespaceLevels levels) {
    this.pythonHost = pythonHost;
    this.levels = levels;
  }

  /**
   * Writes a job. What an acceptance that ended early has written is found by its name.
   *
   * @param code the author's files; none if they are in the image
   * @param input the items, if they came from a ConfigMap
   * @throws TamperedException if something else has one of the names
   */
  void write(
      FrozenJob job, Map<String, String> code, Optional<String> input, KubernetesClient client) {
    var plan = job.pod();
    if (plan.pythonHost() != null) {
      createOrCheck(client, pythonHost.orElseThrow().configMap(job.namespace()), plan.pythonHost());
    }
    if (plan.code() != null) {
      createOrCheck(client, FrozenObjects.code(job, code), plan.code());
    }
    if (plan.input() != null) {
      createOrCheck(client, FrozenObjects.input(job, input.orElseThrow()), plan.input());
    }
    var run = FrozenObjects.run(job);
    if (!create(client, run)) {
      FrozenObjects.read(
          job.id(), job.digest(), find(client, job.id(), run.getMetadata().getName()));
    }
  }

  /**
   * The job as it was accepted before.
   *
   * @throws TamperedException if anything of it is gone or was replaced
   * @throws PodTemplateException if this operator's rules for pods do not allow it any more
   */
  public FrozenJob read(BatchJob job, KubernetesClient client) {
    var frozen = readRun(job, client);
    PodSecurity.check(levels.of(frozen.namespace(), client), frozen);
    checkFiles(frozen, client);
    return frozen;
  }

  /**
   * The same of a job of which no worker is made any more: code and pods may be gone, or against
   * the rules of today.
   *
   * @throws TamperedException if the run itself is gone or was replaced
   */
  public FrozenJob readRun(BatchJob job, KubernetesClient client) {
    var id = JobId.of(job);
    var digest = job.getStatus().runDigest();
    if (digest == null) {
      throw new TamperedException(
          "The job was accepted by an earlier version, which did not bind it to what was frozen: submit it again.");
    }
    return FrozenObjects.read(id, digest, find(client, id, Names.run(id, digest)));
  }

  /** Makes sure of what pods mount, so that none waits for what is gone, or runs something else. */
  private void checkFiles(FrozenJob job, KubernetesClient client) {
    var code = job.pod().code();
    if (code != null) {
      FrozenObjects.check(find(client, job.id(), code.configMap()), code);
    }
    var host = job.pod().pythonHost();
    if (host != null) {
      pythonHost
          .filter(ours -> ours.frozen().equals(host))
          .ifPresentOrElse(
              ours -> createOrCheck(client, ours.configMap(job.namespace()), host),
              () -> FrozenObjects.check(find(client, job.id(), host.configMap()), host));
    }
  }

  /** What is there already was made by an acceptance that ended early, or is somebody else's. */
  private static void createOrCheck(
      KubernetesClient client, ConfigMap configMap, FrozenFiles files) {
    if (!create(client, configMap)) {
      var meta = configMap.getMetadata();
      find(client, meta.getNamespace(), meta.getName())
          .ifPresent(found -> FrozenObjects.check(found, files));
    }
  }

  private static ConfigMap find(KubernetesClient client, JobId id, String name) {
    return find(client, id.namespace(), name)
        .orElseThrow(
            () ->
                new TamperedException(
                    "ConfigMap \"%s\" in namespace \"%s\", which the operator made for the job, was deleted."
                        .formatted(name, id.namespace())));
  }

  static Optional<ConfigMap> find(KubernetesClient client, String namespace, String name) {
    return Optional.ofNullable(client.configMaps().inNamespace(namespace).withName(name).get());
  }

  /** Creates it; false if something of its name is there already. */
  static boolean create(KubernetesClient client, HasMetadata object) {
    try {
      client.resource(object).create();
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return false;
      }
      throw e;
    }
  }
}
