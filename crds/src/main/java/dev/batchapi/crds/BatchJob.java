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

/** One run of a BatchAPI over one input. */
@Group("batchapi.dev")
@Version("v1alpha1")
@Kind("BatchJob")
@Singular("batchjob")
@Plural("batchjobs")
@ShortNames("bj")
@Categories("batch")
@AdditionalPrinterColumn(
    name = "API",
    jsonPath = ".spec.apiName",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Phase",
    jsonPath = ".status.phase",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Progress",
    jsonPath = ".status.progress",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Total",
    jsonPath = ".status.batches.total",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Succeeded",
    jsonPath = ".status.batches.succeeded",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Failed",
    jsonPath = ".status.batches.failed",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Workers",
    jsonPath = ".status.workers.ready",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Remaining",
    jsonPath = ".status.batches.remaining",
    type = AdditionalPrinterColumn.Type.INTEGER,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Failed\")].reason",
    type = AdditionalPrinterColumn.Type.STRING,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Completed",
    jsonPath = ".status.completionTime",
    type = AdditionalPrinterColumn.Type.DATE,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@ValidationRule(
    value = "self.metadata.name.size() <= 45 && self.metadata.name.matches('" + Syntax.LABEL + "')",
    message = Rules.JOB_NAME)
public class BatchJob extends CustomResource<BatchJobSpec, BatchJobStatus> implements Namespaced {
  private static final long serialVersionUID = 1L;

  @JsonPropertyDescription("One run of a BatchAPI: its input and how many workers.")
  @Required
  @Override
  public BatchJobSpec getSpec() {
    return super.getSpec();
  }

  @JsonPropertyDescription("What the operator says: how far the run is.")
  @Override
  public BatchJobStatus getStatus() {
    return super.getStatus();
  }

  /** The spec with its name and namespace, free of the Kubernetes model. */
  public NamedSpec<BatchJobSpec> named() {
    return new NamedSpec<>(getMetadata().getNamespace(), getMetadata().getName(), getSpec());
  }
}
