package dev.batchapi.operator.sweep;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.batchapi.operator.pod.Labels;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The API server's own answers. */
public final class LiveCluster implements Sweeper.Cluster {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int PAGE = 500;

  /** Names and uids without specs, which may hold 128 KiB of items each. */
  private static final String METADATA_ONLY =
      "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

  private final KubernetesClient client;

  public LiveCluster(KubernetesClient client) {
    this.client = client;
  }

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Page(String kind, @Nullable PageMetadata metadata, @Nullable List<Item> items) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record PageMetadata(@JsonProperty("continue") @Nullable String next) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Item(ItemMetadata metadata) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record ItemMetadata(String uid) {}

  /**
   * All BatchJobs. No resource version is named, so the answer is not from a cache; pages of one
   * list are of one moment, or the API server refuses to go on.
   *
   * @throws KubernetesClientException if not all of them could be read
   */
  @Override
  public Set<String> batchJobs() {
    var uids = new HashSet<String>();
    String next = "";
    do {
      var page = page(next);
      if (!page.kind().endsWith("List") || page.metadata() == null) {
        throw new KubernetesClientException("The API server's list of the BatchJobs is none.");
      }
      if (page.items() != null) { // null: there are none
        page.items().forEach(item -> uids.add(item.metadata().uid()));
      }
      next = Objects.requireNonNullElse(page.metadata().next(), "");
    } while (!next.isEmpty());
    return uids;
  }

  private Page page(String next) {
    var url =
        "%sapis/batchapi.dev/v1alpha1/batchjobs?limit=%d%s"
            .formatted(
                client.getMasterUrl(),
                PAGE,
                next.isEmpty()
                    ? ""
                    : "&continue=" + URLEncoder.encode(next, StandardCharsets.UTF_8));
    var http = client.getHttpClient();
    var request =
        http.newHttpRequestBuilder()
            .uri(url)
            .header("Accept", METADATA_ONLY)
            .timeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
            .build();
    try {
      var answer =
          http.sendAsync(request, InputStream.class).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      try (var body = answer.body()) {
        if (!answer.isSuccessful()) {
          throw new KubernetesClientException(
              "The API server answered %d to a list of the BatchJobs.".formatted(answer.code()));
        }
        return JSON.readValue(body, Page.class);
      }
    } catch (IOException | ExecutionException | TimeoutException e) {
      throw new KubernetesClientException("The BatchJobs could not be listed: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KubernetesClientException("Interrupted while the BatchJobs were listed.", e);
    }
  }

  @Override
  public boolean hasPods(String uid) {
    return !client
        .pods()
        .inAnyNamespace()
        .withLabel(Labels.JOB_UID, uid)
        .list(new ListOptionsBuilder().withLimit(1L).build())
        .getItems()
        .isEmpty();
  }
}
