package dev.batchapi.operator.kube;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.function.Consumer;

/** Makes the client of the Kubernetes API. */
public final class Kubernetes {
  /**
   * Until an answer begins. With its repetition shorter than the time within which a leader has to
   * renew its Lease, so that a request that hangs does not make two leaders.
   */
  private static final int REQUEST_MILLIS = 5_000;

  private static final int CONNECT_MILLIS = 5_000;

  /** What matters is repeated by whoever asked; here only what a hiccup of the network costs. */
  private static final int RETRIES = 1;

  private Kubernetes() {}

  /** A client of some cluster. */
  public static KubernetesClient client(Config config) {
    return client(config, http -> {});
  }

  /**
   * A client of some cluster.
   *
   * @param http may look at what is sent and received
   */
  public static KubernetesClient client(Config config, Consumer<HttpClient.Builder> http) {
    return new KubernetesClientBuilder()
        .withHttpClientBuilderConsumer(http)
        .withConfig(
            new ConfigBuilder(config)
                .withUserAgent("batchapi-operator")
                .withConnectionTimeout(CONNECT_MILLIS)
                .withRequestTimeout(REQUEST_MILLIS)
                .withRequestRetryBackoffLimit(RETRIES)
                .withRequestRetryBackoffInterval(100)
                .build())
        .withKubernetesSerialization(serialization())
        .build();
  }

  /**
   * Takes objects with fields and values of a newer version: otherwise a single one of them would
   * stop the informer, and with it the operator, after every downgrade. Without a search for the
   * classes of all kinds: ours are named where they are asked for, and an error of a watch here.
   * One that is not known for what it is would be asked for the same again, for ever, when the API
   * server says that its version is too old.
   */
  static KubernetesSerialization serialization() {
    var serialization =
        new KubernetesSerialization(
            new ObjectMapper()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_AS_NULL),
            false);
    serialization.registerKubernetesResource(Status.class);
    return serialization;
  }
}
