package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** A volume in all containers of a job: the handler's too, the splitter's and the collector's. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StorageVolume(
    @JsonPropertyDescription("Name of the volume, unique among these.")
        @Required
        @Size(min = 1, max = 40)
        @ValidationRule(value = "self.matches('" + Syntax.LABEL + "')", message = Rules.LABEL)
        String name,
    @JsonPropertyDescription(
            "Where it is in the containers, such as /data: files below it are named by their whole"
                + " path, such as /data/in/*.csv.")
        @Required
        @Size(min = 2, max = 255)
        @ValidationRule(
            value =
                "self.matches('"
                    + Syntax.MOUNT_PATH
                    + "') && !self.matches('"
                    + Syntax.SYSTEM_FOLDER
                    + "')",
            message = Rules.MOUNT_PATH)
        String mountPath,
    @JsonPropertyDescription(
            "Whether nothing can be written to it; no output can be there then. Default: false.")
        @Nullable Boolean readOnly,
    @JsonPropertyDescription("What is mounted.") @Required Source source) {

  /** What is mounted. */
  public record Source(
      @JsonPropertyDescription("A PersistentVolumeClaim.") @Required Claim persistentVolumeClaim) {}

  /** A PersistentVolumeClaim in the same namespace. */
  public record Claim(
      @JsonPropertyDescription(
              "Name of the PersistentVolumeClaim, in the namespace of this resource. Workers on"
                  + " several nodes need one with ReadWriteMany or ReadOnlyMany.")
          @Required
          @Size(min = 1, max = 253)
          @ValidationRule(
              value = "self.matches('" + Syntax.SUBDOMAIN + "')",
              message = Rules.SUBDOMAIN)
          String claimName) {}
}
