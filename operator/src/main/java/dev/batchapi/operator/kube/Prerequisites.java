package dev.batchapi.operator.kube;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchJob;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;

/**
 * What has to be there before anything can be watched: the API server, the definitions of our
 * resources, the permission to read them.
 */
public final class Prerequisites {
  private static final ListOptions ONE = new ListOptionsBuilder().withLimit(1L).build();

  private Prerequisites() {}

  /**
   * Looks whether everything is there.
   *
   * @throws IllegalStateException if not; the message says what is missing
   */
  public static void check(KubernetesClient client) {
    List.of(BatchApi.class, BatchJob.class).forEach(type -> check(client, type));
  }

  private static void check(KubernetesClient client, Class<? extends HasMetadata> type) {
    try {
      client.resources(type).inAnyNamespace().list(ONE);
    } catch (KubernetesClientException e) {
      throw new IllegalStateException(
          sentence(client, HasMetadata.getFullResourceName(type), e), e);
    }
  }

  private static String sentence(
      KubernetesClient client, String definition, KubernetesClientException e) {
    var status = e.getStatus() == null ? "status " + e.getCode() : e.getStatus().getMessage();
    return switch (e.getCode()) {
      case HttpURLConnection.HTTP_NOT_FOUND ->
          "The CustomResourceDefinition %s is not installed: kubectl apply -k deploy/ installs it."
              .formatted(definition);
      case HttpURLConnection.HTTP_FORBIDDEN, HttpURLConnection.HTTP_UNAUTHORIZED ->
          "The operator may not list %s (%s): kubectl apply -k deploy/ gives it its roles."
              .formatted(definition, status);
      case 0, -1 ->
          "The API server at %s can't be reached: %s.".formatted(client.getMasterUrl(), root(e));
      default ->
          "The API server at %s could not list %s: %s."
              .formatted(client.getMasterUrl(), definition, status);
    };
  }

  private static String root(Throwable e) {
    var cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null
        ? cause.getClass().getSimpleName()
        : "%s (%s)".formatted(cause.getMessage(), cause.getClass().getSimpleName());
  }
}
