package dev.batchapi.operator.pod;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * With whose rights an accepted job's results are written, and what of.
 *
 * @param folders in which the output must lie; none: anywhere
 * @param storageSecret whose keys are the collector's variables; null: none
 * @param lines SHA-256 of the frozen items, in hexadecimal figures; null: they are in files, or
 *     numbers
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FrozenOutput(
    @JsonProperty(required = true) List<String> folders,
    @Nullable String storageSecret,
    @Nullable String lines) {
  public FrozenOutput {
    folders = List.copyOf(folders);
  }
}
