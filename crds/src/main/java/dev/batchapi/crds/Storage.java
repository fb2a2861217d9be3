package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What jobs of a BatchAPI may read and write, and with whose rights. The author says it: whoever
 * submits a job names neither credentials nor a path outside of it.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Storage(
    @JsonPropertyDescription(
            "A Secret whose keys are the settings of the stores' clients, such as AWS_ACCESS_KEY_ID,"
                + " AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT_URL. Files are read and"
                + " results written with it; the handler does not get it. Default: none.")
        @Nullable SecretRef secret,
    @JsonPropertyDescription(
            "The service account that workers, splitter and collector run under, for the identity that"
                + " a cloud gives it. The Secret says which: AWS_ROLE_ARN, or AZURE_CLIENT_ID and"
                + " AZURE_TENANT_ID, or GOOGLE_APPLICATION_CREDENTIALS_JSON; their tokens are in"
                + " /batchapi/identity, and the handler does not get them. Default: that of template.")
        @Size(min = 1, max = 253)
        @ValidationRule(
            value = "self.matches('" + Syntax.SUBDOMAIN + "')",
            message = Rules.SUBDOMAIN)
        @Nullable String serviceAccountName,
    @JsonPropertyDescription(
            "Volumes in all containers of each job, which jobs may name files and outputs in. Default:"
                + " none.")
        @Size(max = 10)
        @ValidationRule(
            value =
                "self.all(v, self.exists_one(w, w.name == v.name) && self.exists_one(w, w.mountPath =="
                    + " v.mountPath))",
            message = Rules.VOLUMES)
        @Nullable List<StorageVolume> volumes,
    @JsonPropertyDescription(
            "Folders that the files and outputs of jobs must lie in, such as s3://photos/ or /data/in/; files"
                + " of a web server only come from here. Default: all of the volumes, and all of s3://,"
                + " gs:// and az:// that the Secret or the service account gives rights to.")
        @Size(min = 1, max = 50)
        @ValidationRule(
            value =
                "self.all(p, p.matches('"
                    + Syntax.FOLDER
                    + "') && (!p.contains('://') || p.matches('"
                    + Syntax.STORE_URL
                    + "')))",
            message = Rules.FOLDERS)
        @Nullable List<@Size(min = 1, max = 1024) String> paths) {

  /** A Secret in the same namespace. */
  public record SecretRef(
      @JsonPropertyDescription("Name of the Secret, in the namespace of this resource.")
          @Required
          @Size(min = 1, max = 253)
          @ValidationRule(
              value = "self.matches('" + Syntax.SUBDOMAIN + "')",
              message = Rules.SUBDOMAIN)
          String name) {}
}
