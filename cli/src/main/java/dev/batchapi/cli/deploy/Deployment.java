package dev.batchapi.cli.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a folder is in a cluster.
 *
 * @param api the BatchAPI; its handler's code is in the ConfigMap, if there is one
 * @param code the ConfigMap; null where the code is in the BatchAPI itself or in its image
 */
record Deployment(ObjectNode api, @Nullable ObjectNode code) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * The name of the ConfigMap that the code goes into; empty if the code is in the BatchAPI itself.
   */
  static Optional<String> configMap(JsonNode api) {
    var handler = handler(api);
    if (handler.has("inline")) {
      return Optional.empty();
    }
    var named = handler.at("/configMap/name").asText("");
    return Optional.of(named.isEmpty() ? api.at("/metadata/name").asText() + "-code" : named);
  }

  /** What the folder's Dockerfile asks for; empty without one. */
  static Optional<String> image(Path folder, JsonNode api) {
    if (!Files.exists(folder.resolve("Dockerfile"))) {
      return Optional.empty();
    }
    var own = api.at("/spec/image").asText("");
    var name = own.isEmpty() ? "REGISTRY/" + api.at("/metadata/name").asText() + ":1" : own;
    return Optional.of(
        """
        %s has a Dockerfile: its code goes into an image, and not into a ConfigMap. Build and push it, then apply the file:
          docker build -t %s %s
          docker push %s%s
          kubectl apply --server-side -f %s"""
            .formatted(
                folder,
                name,
                folder,
                name,
                own.isEmpty() ? "\n  and name it in batchapi.yaml: spec.image: " + name : "",
                folder.resolve("batchapi.yaml")));
  }

  /** Whether the handler is Java classes, which no ConfigMap holds. */
  static boolean isCompiled(JsonNode api) {
    var java = api.at("/spec/handler/java");
    return java.has("classpath") && !java.has("inline") && !java.has("configMap");
  }

  /** With a folder's files as the code. */
  static Deployment of(JsonNode api, String configMap, Map<String, String> files) {
    ObjectNode applied = api.deepCopy();
    handler(applied).withObject("/configMap").put("name", configMap);
    var code = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "ConfigMap");
    var metadata = code.putObject("metadata").put("name", configMap);
    metadata
        .putObject("labels")
        .put("app.kubernetes.io/managed-by", "batchapi")
        .put("batchapi.dev/api", api.at("/metadata/name").asText());
    if (api.at("/metadata").has("namespace")) {
      metadata.set("namespace", api.at("/metadata/namespace"));
    }
    var data = code.putObject("data");
    files.forEach(data::put);
    return new Deployment(applied, code);
  }

  private static ObjectNode handler(JsonNode api) {
    var handler = (ObjectNode) api.at("/spec/handler");
    return (ObjectNode) (handler.has("python") ? handler.get("python") : handler.get("java"));
  }
}
