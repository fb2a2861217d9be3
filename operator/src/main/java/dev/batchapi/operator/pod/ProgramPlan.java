package dev.batchapi.operator.pod;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.batchapi.contract.Sha256;
import dev.batchapi.crds.PodTemplate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the Jobs of a program are made of.
 *
 * @param program which program
 * @param job the BatchJob
 * @param api the BatchAPI's name
 * @param image the runtime image
 * @param arguments what it is told, as JSON
 * @param digest of the arguments
 * @param storageSecret whose keys are its variables; null: none
 * @param storage volumes and service account; null: none
 * @param template the author's, of which it takes where pods may run, and as whom
 * @param input items that it reads from a ConfigMap; null: none
 * @param natsUrl where the queue is
 * @param resources of the operator's settings, by {@code requests.cpu} and the like
 */
public record ProgramPlan(
    Program program,
    JobId job,
    String api,
    String image,
    String arguments,
    String digest,
    @Nullable String storageSecret,
    @Nullable FrozenStorage storage,
    @Nullable PodTemplate template,
    @Nullable FrozenFiles input,
    String natsUrl,
    Map<String, String> resources) {

  /** The same with no more of the storage than its Secret, and without items in a ConfigMap. */
  public ProgramPlan(
      Program program,
      JobId job,
      String api,
      String image,
      String arguments,
      String digest,
      @Nullable String storageSecret,
      @Nullable PodTemplate template,
      String natsUrl,
      Map<String, String> resources) {
    this(
        program,
        job,
        api,
        image,
        arguments,
        digest,
        storageSecret,
        null,
        template,
        null,
        natsUrl,
        resources);
  }

  /** The same with other arguments, as JSON. */
  public ProgramPlan told(String other) {
    return new ProgramPlan(
        program,
        job,
        api,
        image,
        other,
        Sha256.hex(other),
        storageSecret,
        storage,
        template,
        input,
        natsUrl,
        resources);
  }

  /**
   * SHA-256 of what it is made of, as far as somebody may have to correct it before one can run:
   * the arguments, the image, the Secret's name, volumes, service account and the template. Of
   * another one a new Job is made.
   */
  public String fingerprint() {
    var all = JsonNodeFactory.instance.objectNode();
    all.put("arguments", digest).put("image", image).put("secret", storageSecret);
    all.set("template", KubernetesJson.tree(template));
    if (storage != null) {
      all.set("storage", KubernetesJson.tree(storage));
    }
    return Sha256.hex(all.toString());
  }
}
