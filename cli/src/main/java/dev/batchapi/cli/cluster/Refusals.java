package dev.batchapi.cli.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.ConnectException;
import java.net.URL;
import java.util.Objects;

/** What a cluster answers in place of what was asked for, as sentences. */
final class Refusals {
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  private Refusals() {}

  /** Whether it is about the object that was sent, and not about the way to the cluster. */
  static boolean isAnswer(KubernetesClientException e) {
    return isServers(e) && e.getCode() != UNAUTHORIZED && !isOfRights(e);
  }

  private static boolean isServers(KubernetesClientException e) {
    return e.getCode() >= 400 && e.getCode() < 500;
  }

  /** Admission forbids as well, but not a person. */
  private static boolean isOfRights(KubernetesClientException e) {
    return e.getCode() == FORBIDDEN && sentence(e).contains(" cannot ");
  }

  /** An answer with a code of HTTP. */
  static ClusterException refused(KubernetesClientException e, JsonNode object, String namespace) {
    var what =
        "%s \"%s\" in namespace \"%s\""
            .formatted(
                object.path("kind").asText(), object.at("/metadata/name").asText(), namespace);
    return new ClusterException(
        switch (e.getCode()) {
          case UNAUTHORIZED ->
              "The cluster does not know you: the credentials of kubectl's configuration are wrong or have expired.";
          case FORBIDDEN ->
              isOfRights(e)
                  ? "%s: you have no right to it (%s). The role \"edit\" in that namespace has it: ask its admin."
                      .formatted(what, sentence(e))
                  : "%s: the cluster refuses it: %s".formatted(what, sentence(e));
          case NOT_FOUND ->
              "%s: %s. Is BatchAPI installed in this cluster, and does the namespace exist?"
                  .formatted(what, sentence(e));
          case CONFLICT ->
              "%s: somebody else has set what would be changed (%s). --force takes it over."
                  .formatted(what, sentence(e));
          default -> "%s: the cluster refuses it: %s".formatted(what, sentence(e));
        });
  }

  /** No answer at all. */
  static ClusterException unreachable(KubernetesClientException e, JsonNode object, URL server) {
    if (String.valueOf(e.getMessage()).contains("Could not find the metadata")) {
      return new ClusterException(
          "The cluster at %s has no kind %s: BatchAPI is not installed in it (`make install` does it)."
              .formatted(server, object.path("kind").asText()));
    }
    Throwable cause = e;
    while (cause.getCause() != null && !(cause instanceof ConnectException)) {
      cause = cause.getCause();
    }
    return new ClusterException(
        "The cluster at %s can't be reached (%s): does it run, and is it the one you mean?"
            .formatted(
                server,
                cause.getMessage() == null
                    ? cause.getClass().getSimpleName()
                    : cause.getMessage()));
  }

  /** The server's own words, without the client's. */
  static String sentence(KubernetesClientException e) {
    var status = e.getStatus();
    var message =
        status == null || status.getMessage() == null ? e.getMessage() : status.getMessage();
    return Objects.requireNonNullElse(message, e.toString()).strip();
  }
}
