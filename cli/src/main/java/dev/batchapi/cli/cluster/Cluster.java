package dev.batchapi.cli.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A cluster, with the rights of the person whose configuration it is. Objects are plain JSON. */
public final class Cluster implements AutoCloseable {
  /** Whose fields those are that this command has applied. */
  public static final String FIELD_MANAGER = "batchapi";

  private static final int CONNECT_MILLIS = 5_000;
  private static final int REQUEST_MILLIS = 30_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final KubernetesClient client;
  private final @Nullable String namespace;

  /**
   * An object of the cluster.
   *
   * @param json as the server has it
   * @param changed whether the server changed anything for it
   */
  public record Applied(JsonNode json, boolean changed) {}

  private Cluster(KubernetesClient client, @Nullable String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  static Cluster open(@Nullable String context, @Nullable String namespace)
      throws ClusterException {
    var config = Config.autoConfigure(context);
    if (context != null
        && config.getContexts().stream().noneMatch(c -> c.getName().equals(context))) {
      throw new ClusterException(
          "--context %s: kubectl's configuration has no such context; `kubectl config get-contexts` lists them."
              .formatted(context));
    }
    if (config.getCurrentContext() == null && System.getenv("KUBERNETES_SERVICE_HOST") == null) {
      throw new ClusterException(
          "No cluster is configured: set KUBECONFIG to a file with one, or write it to ~/.kube/config, as for kubectl.");
    }
    config.setConnectionTimeout(CONNECT_MILLIS);
    config.setRequestTimeout(REQUEST_MILLIS);
    config.setRequestRetryBackoffLimit(1);
    return new Cluster(new KubernetesClientBuilder().withConfig(config).build(), namespace);
  }

  /** Where an object belongs: what the command line says, else the object, else the context. */
  public String namespaceOf(JsonNode object) {
    var own = object.at("/metadata/namespace").asText("");
    return namespace != null
        ? namespace
        : own.isEmpty() ? Objects.requireNonNullElse(client.getNamespace(), "default") : own;
  }

  /**
   * Whether the cluster's admission would take an object; nothing is changed.
   *
   * @return why it wouldn't
   * @throws ClusterException if it can't be asked
   */
  public Optional<String> refusal(JsonNode object) throws ClusterException {
    try {
      if (object.at("/metadata/name").isMissingNode()) { // of a generated one nothing is there yet
        resource(object).dryRun().fieldValidation(Validation.STRICT).create();
      } else {
        resource(object).dryRun().fieldManager(FIELD_MANAGER).forceConflicts().serverSideApply();
      }
      return Optional.empty();
    } catch (KubernetesClientException e) {
      if (Refusals.isAnswer(e)) {
        return Optional.of(Refusals.sentence(e));
      }
      throw refused(e, object);
    }
  }

  /**
   * Applies an object on the server's side: fields that this command has applied before and that
   * are gone from it are removed, those of others stay.
   *
   * @param force whether fields are taken over that somebody else has set otherwise
   * @throws ClusterException if the cluster refuses it
   */
  public Applied apply(JsonNode object, boolean force) throws ClusterException {
    var before = get(object).map(json -> json.at("/metadata/resourceVersion").asText());
    try {
      var resource = resource(object).fieldManager(FIELD_MANAGER);
      var after =
          JSON.<JsonNode>valueToTree(
              (force ? resource.forceConflicts() : resource).serverSideApply());
      var same = before.filter(after.at("/metadata/resourceVersion").asText()::equals).isPresent();
      return new Applied(after, !same);
    } catch (KubernetesClientException e) {
      throw refused(e, object);
    }
  }

  /**
   * The object of this kind and name as it is now; empty if there is none.
   *
   * @throws ClusterException if it may not be read
   */
  public Optional<JsonNode> get(JsonNode object) throws ClusterException {
    try {
      return Optional.ofNullable(resource(object).get()).map(JSON::valueToTree);
    } catch (KubernetesClientException e) {
      throw refused(e, object);
    }
  }

  private ClusterException refused(KubernetesClientException e, JsonNode object) {
    return e.getCode() <= 0
        ? Refusals.unreachable(e, object, client.getMasterUrl())
        : Refusals.refused(e, object, namespaceOf(object));
  }

  private Resource<GenericKubernetesResource> resource(JsonNode object) {
    var generic = JSON.convertValue(object, GenericKubernetesResource.class);
    return client.resource(generic).inNamespace(namespaceOf(object));
  }

  @Override
  public void close() {
    client.close();
  }
}
