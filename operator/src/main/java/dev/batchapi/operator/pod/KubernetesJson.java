package dev.batchapi.operator.pod;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.batchapi.crds.PodTemplate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Between the Kubernetes model, which builders fill, and trees, which can be merged. */
final class KubernetesJson {
  private static final JsonMapper JSON = new JsonMapper();

  private KubernetesJson() {}

  static ObjectNode tree(Object model) {
    return JSON.valueToTree(model);
  }

  /** The template as a tree of its own. */
  static ObjectNode tree(@Nullable PodTemplate template) {
    var tree = JsonNodeFactory.instance.objectNode();
    if (template != null && template.metadata() != null) {
      tree.set("metadata", template.metadata().deepCopy());
    }
    if (template != null && template.spec() != null) {
      tree.set("spec", template.spec().deepCopy());
    }
    return tree;
  }

  /**
   * The tree as a type of the Kubernetes model.
   *
   * @throws PodTemplateException if something in it has another type than Kubernetes gives it
   */
  static <T> T model(ObjectNode tree, Class<T> type) {
    try {
      return JSON.convertValue(tree, type);
    } catch (IllegalArgumentException e) {
      throw new PodTemplateException(
          "spec.template has a value of a type that Kubernetes does not take: " + e.getMessage(),
          e);
    }
  }

  /** The resources' own types are written as Kubernetes writes them. */
  static <T> List<T> models(List<?> ours, Class<T> type) {
    return ours.stream().map(one -> JSON.convertValue(one, type)).toList();
  }
}
