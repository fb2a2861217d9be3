package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** An environment variable of the handler's container. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(value = "!has(self.value) || !has(self.valueFrom)", message = Rules.ENV_ONE)
public record EnvVar(
    @JsonPropertyDescription("Name of the variable.")
        @Required
        @Size(min = 1, max = 253)
        @ValidationRule(value = "self.matches('" + Syntax.ENV_NAME + "')", message = Rules.ENV_NAME)
        String name,
    @JsonPropertyDescription("Its value, at most 32,768 characters. Default: empty.")
        @Size(max = 32768)
        @Nullable String value,
    @JsonPropertyDescription("Where its value is taken from, instead of value.")
        @Nullable Source valueFrom) {

  /** Where a value is taken from. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value =
          "[has(self.configMapKeyRef), has(self.secretKeyRef), has(self.fieldRef)]"
              + ".exists_one(x, x)",
      message = Rules.ENV_SOURCE)
  public record Source(
      @JsonPropertyDescription("A key of a ConfigMap.") @Nullable KeyRef configMapKeyRef,
      @JsonPropertyDescription("A key of a Secret.") @Nullable KeyRef secretKeyRef,
      @JsonPropertyDescription("A field of the worker's pod.") @Nullable FieldRef fieldRef) {}

  /** A key of a ConfigMap or Secret in the same namespace. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record KeyRef(
      @JsonPropertyDescription("Name of the object, in the namespace of this resource.")
          @Required
          @Size(min = 1, max = 253)
          @ValidationRule(
              value = "self.matches('" + Syntax.SUBDOMAIN + "')",
              message = Rules.SUBDOMAIN)
          String name,
      @JsonPropertyDescription("The key in it.")
          @Required
          @Size(min = 1, max = 253)
          @ValidationRule(
              value = "self.matches('" + Syntax.CONFIG_MAP_KEY + "')",
              message = Rules.CONFIG_MAP_KEY)
          String key,
      @JsonPropertyDescription(
              "Whether a worker starts without the variable if the object or key is missing. Default:"
                  + " false, the worker waits for it.")
          @Nullable Boolean optional) {}

  /** A field of the worker's pod. */
  public record FieldRef(
      @JsonPropertyDescription("Path of the field, such as status.podIP.")
          @Required
          @Size(min = 1, max = 253)
          String fieldPath) {}
}
