package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the handler's container asks for and may use, per worker. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Resources(
    @JsonPropertyDescription(
            "What each worker's handler is guaranteed, such as cpu: 500m, memory: 512Mi. Default: what"
                + " limits say, else nothing.")
        @ValidationRule(value = Resources.AMOUNTS, message = Rules.QUANTITIES)
        @Nullable Map<String, Quantity> requests,
    @JsonPropertyDescription(
            "What each worker's handler may use at most; more memory than this ends it with"
                + " OOMKilled. Default: no limit.")
        @ValidationRule(value = Resources.AMOUNTS, message = Rules.QUANTITIES)
        @Nullable Map<String, Quantity> limits) {
  static final String AMOUNTS =
      "self.all(k, type(self[k]) == int ? self[k] >= 0 : self[k].matches('"
          + Syntax.QUANTITY
          + "'))";
}
