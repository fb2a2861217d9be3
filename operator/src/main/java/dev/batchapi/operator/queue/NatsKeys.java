package dev.batchapi.operator.queue;

import dev.batchapi.operator.pod.Labels;
import dev.batchapi.queue.jetstream.access.Accounts;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue's keys, in a Secret, and the server's configuration that follows from them, in another
 * one which its pod mounts. Both are made once and then kept; replicas that start at the same time
 * agree on the first ones.
 */
public final class NatsKeys {
  private static final Logger LOG = LoggerFactory.getLogger(NatsKeys.class);

  static final String KEYS = "batchapi-nats-keys";
  static final String KEYS_FILE = "keys.json";
  static final String CONFIG = "nats-server-config";
  static final String CONFIG_FILE = "nats.conf";

  /** What the pod mounted before there was an account for each namespace; left for a way back. */
  static final String EARLIER_CONFIG = "nats-config";

  /** That, as it was made, without the parts that follow from the keys. */
  private static final String EARLIER =
      """
      listen: "0.0.0.0:4222"
      max_payload: 2MB
      jetstream {
        store_dir: "/data"
        sync_interval: always
      }
      resolver: MEMORY
      resolver_preload: {
      }
      """;

  private static final Pattern FROM_KEYS =
      Pattern.compile("(operator:|system_account:|[A-Z2-7]{56}:) \\S+");

  private static final String LISTEN = "0.0.0.0:4222";

  /** The pod's own: it lists everybody's inboxes, and knows no password. */
  private static final String MONITORING = "127.0.0.1:8222";

  private static final String FOLDER = "/data";

  private final KubernetesClient client;
  private final String namespace;

  /**
   * Neither reads nor makes keys before it is asked.
   *
   * @param namespace the operator's own, which is also the server's
   */
  public NatsKeys(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /**
   * Reads the keys; makes first what isn't there.
   *
   * @throws IllegalStateException if the Secrets are not what they should be; the message says what
   *     to do
   * @throws KubernetesClientException if they could not be read or made; may succeed later
   */
  public Accounts ensure() {
    var accounts = read(KEYS, KEYS_FILE).map(NatsKeys::parse).orElseGet(this::make);
    ensureConfig(accounts);
    read(EARLIER_CONFIG, CONFIG_FILE).ifPresent(this::tellOfEarlier);
    return accounts;
  }

  /**
   * Makes again, from the same keys, what was deleted while this process ran.
   *
   * @return false if there are other keys now: this process can't go on with its own
   * @throws KubernetesClientException if the Secrets could not be read or made
   */
  public boolean keep(Accounts accounts) {
    var own = accounts.toJson();
    var found = read(KEYS, KEYS_FILE).orElseGet(() -> createOrRead(KEYS, KEYS_FILE, own));
    if (!found.equals(own)) {
      return false;
    }
    ensureConfig(accounts);
    return true;
  }

  private void tellOfEarlier(String config) {
    if (isUnchanged(config)) {
      LOG.info(
          "Secret {} in {} is an earlier version's; {} has taken its place. Delete it once no way back"
              + " to that version is needed.",
          EARLIER_CONFIG,
          namespace,
          CONFIG);
    } else {
      LOG.warn(
          "Secret {} in {} is an earlier version's and was changed by somebody; the queue's server does"
              + " not read it any more. Carry the change over to {}, restart the NATS pod, and delete"
              + " the former.",
          EARLIER_CONFIG,
          namespace,
          CONFIG);
    }
  }

  /** Whether nobody has changed what an earlier version had made. */
  static boolean isUnchanged(String earlier) {
    return earlier
        .lines()
        .map(line -> FROM_KEYS.matcher(line).replaceAll(""))
        .filter(line -> !line.isBlank())
        .toList()
        .equals(EARLIER.lines().toList());
  }

  private Accounts make() {
    var config = read(CONFIG, CONFIG_FILE).or(() -> read(EARLIER_CONFIG, CONFIG_FILE));
    // The keys are made before the configuration: whoever sees the latter sees the former, or they
    // were deleted.
    var keys = read(KEYS, KEYS_FILE);
    if (keys.isPresent()) {
      return parse(keys.get());
    }
    if (config.isPresent()) {
      throw new IllegalStateException(
          ("Secret \"%s\" is gone from namespace \"%s\", but \"%s\", which was made from it, is there:"
                  + " restore the former, or delete the latter and restart the NATS pod to start with"
                  + " new keys.")
              .formatted(KEYS, namespace, CONFIG));
    }
    return parse(createOrRead(KEYS, KEYS_FILE, Accounts.generate().toJson()));
  }

  private void ensureConfig(Accounts accounts) {
    var wanted = accounts.serverConfig(LISTEN, MONITORING, FOLDER);
    var found =
        read(CONFIG, CONFIG_FILE).orElseGet(() -> createOrRead(CONFIG, CONFIG_FILE, wanted));
    if (found.equals(wanted)) {
      return;
    }
    // An admin may have had reasons, and a server that runs would not read it anyway.
    if (operatorLine(found).equals(operatorLine(wanted))) {
      LOG.warn(
          "Secret {} in {} is another configuration than this version makes from the same keys; it"
              + " stays. To have this version's, delete it and restart the NATS pod.",
          CONFIG,
          namespace);
    } else {
      LOG.warn(
          "Secret {} in {} is not made from the keys in {}: the server will refuse the operator."
              + " Restore the keys, or delete {} and restart the NATS pod.",
          CONFIG,
          namespace,
          KEYS,
          CONFIG);
    }
  }

  /** The line that says whose accounts the server believes. */
  private static String operatorLine(String config) {
    return config
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith("operator:"))
        .findFirst()
        .orElse("");
  }

  private static Accounts parse(String json) {
    try {
      return Accounts.fromJson(json);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          "Secret \"%s\": %s Restore it; or delete it and \"%s\" and restart the NATS pod to start with new keys."
              .formatted(KEYS, e.getMessage(), CONFIG),
          e);
    }
  }

  private Optional<String> read(String name, String file) {
    return Optional.ofNullable(client.secrets().inNamespace(namespace).withName(name).get())
        .map(secret -> text(secret, file));
  }

  private String createOrRead(String name, String file, String text) {
    try {
      client
          .resource(
              new SecretBuilder()
                  .withNewMetadata()
                  .withNamespace(namespace)
                  .withName(name)
                  .addToLabels(Labels.MANAGED_BY, Labels.OPERATOR)
                  .endMetadata()
                  .addToStringData(file, text)
                  .build())
          .create();
      LOG.info("Secret {} made in {}.", name, namespace);
      return text;
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      return read(name, file).orElseThrow(() -> e); // another replica was first
    }
  }

  private static String text(Secret secret, String file) {
    var data = secret.getData() == null ? null : secret.getData().get(file);
    if (data == null) {
      throw new IllegalStateException(
          "Secret \"%s\" in namespace \"%s\" has no \"%s\": delete it, and restart the NATS pod."
              .formatted(
                  secret.getMetadata().getName(), secret.getMetadata().getNamespace(), file));
    }
    return new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8);
  }
}
