package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** The author's class, where it is found, and what its constructor gets. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(value = "has(self.python) != has(self.java)", message = Rules.ONE_LANGUAGE)
public record HandlerSpec(
    @JsonPropertyDescription(
            "A handler in Python 3.9 or newer. Exactly one of python and java is set.")
        @Nullable PythonHandler python,
    @JsonPropertyDescription("A handler in Java. Exactly one of python and java is set.")
        @Nullable JavaHandler java,
    @JsonPropertyDescription(
            "Any JSON object: what the handler's constructor gets as config. A job's overrides.config"
                + " is merged into it: objects merge key by key, of anything else the job's value"
                + " wins. Default: an empty object.")
        @PreserveUnknownFields
        @Nullable ObjectNode config,
    @JsonPropertyDescription(
            "What a list is that the handler returns: Item: one result for each item, as long as the"
                + " payload, and an exception in it fails its item alone; anything else is the batch's"
                + " one result. Batch: whatever the handler returns is the batch's one result."
                + " Default: Item.")
        @Default("Item")
        @Nullable Results results,
    @JsonPropertyDescription(
            "How many items of a batch are handled at once by a handler of single items (handle_item,"
                + " ItemHandler), 1 to 1,000; a handler of batches gets one batch at a time. Default:"
                + " 1.")
        @Default("1")
        @Min(1)
        @Max(1000)
        @Nullable Integer concurrency) {

  /** What a list is that a handler returns. */
  public enum Results {
    Item,
    Batch
  }
}
