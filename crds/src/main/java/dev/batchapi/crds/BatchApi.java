package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** A handler, deployed and ready to be given work. */
@Group("batchapi.dev")
@Version("v1alpha1")
@Kind("BatchAPI")
@Singular("batchapi")
@Plural("batchapis")
@ShortNames("bapi")
@Categories("batch")
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Image",
    jsonPath = ".spec.image",
    type = AdditionalPrinterColumn.Type.STRING,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@ValidationRule(
    value = "self.metadata.name.size() <= 63 && self.metadata.name.matches('" + Syntax.LABEL + "')",
    message = Rules.API_NAME)
@ValidationRule(
    value =
        "!has(self.spec.jobs) || self.spec.jobs.all(j, self.metadata.name.size() + j.name.size() <= 44)",
    message = Rules.ENTRY_NAMES)
public class BatchApi extends CustomResource<BatchApiSpec, BatchApiStatus> implements Namespaced {
  private static final long serialVersionUID = 1L;

  @JsonPropertyDescription("The handler and how its batches are run.")
  @Required
  @Override
  public BatchApiSpec getSpec() {
    return super.getSpec();
  }

  @JsonPropertyDescription("What the operator says: whether jobs can run.")
  @Override
  public BatchApiStatus getStatus() {
    return super.getStatus();
  }

  /** The spec with its name and namespace, free of the Kubernetes model. */
  public NamedSpec<BatchApiSpec> named() {
    return new NamedSpec<>(getMetadata().getNamespace(), getMetadata().getName(), getSpec());
  }
}
