package dev.batchapi.operator.rules;

import dev.batchapi.operator.NamedCluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** An API server with the definitions of this build, and a namespace of its own in it. */
final class TestCluster implements BeforeAllCallback, AfterAllCallback {
  private @Nullable KubernetesClient client;
  private @Nullable String namespace;

  /** Skips the test, and says so, where no cluster is named. */
  @Override
  public void beforeAll(ExtensionContext test) {
    client =
        new KubernetesClientBuilder()
            .withConfig(NamedCluster.configOrSkip(test.getRequiredTestClass()))
            .build();
    NamedCluster.define(client);
    namespace = newNamespace(client);
  }

  @Override
  public void afterAll(ExtensionContext test) {
    if (client != null) {
      client.namespaces().withName(namespace).delete();
      client.close();
    }
  }

  private static String newNamespace(KubernetesClient client) {
    return client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withGenerateName("rules-")
                .endMetadata()
                .build())
        .create()
        .getMetadata()
        .getName();
  }

  /** As {@code kubectl apply --dry-run=server} of something new. */
  void wouldCreate(GenericKubernetesResource document) {
    resource(document).dryRun().fieldValidation(Validation.STRICT).create();
  }

  void create(GenericKubernetesResource document) {
    resource(document).fieldValidation(Validation.STRICT).create();
  }

  /** Like {@link #wouldCreate} of something that is there, whoever else writes its status. */
  void wouldUpdate(GenericKubernetesResource document) {
    for (; ; ) {
      var there = resource(document).require().getMetadata().getResourceVersion();
      document.getMetadata().setResourceVersion(there);
      try {
        resource(document).dryRun().fieldValidation(Validation.STRICT).update();
        return;
      } catch (KubernetesClientException e) {
        if (e.getCode() != 409) {
          throw e;
        }
      }
    }
  }

  void delete(GenericKubernetesResource document) {
    resource(document).delete();
  }

  /** Applies a file of cluster-wide objects. */
  void apply(Path file) {
    try (var yaml = Files.newInputStream(file)) {
      client()
          .load(yaml)
          .resources()
          .forEach(
              object -> object.fieldManager("batchapi-tests").forceConflicts().serverSideApply());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives a role, in this namespace, to a user of the same name. */
  void bind(String role) {
    client()
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withName(role)
                .withNamespace(namespace)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
                .addNewSubject("rbac.authorization.k8s.io", "User", role, null)
                .build())
        .create();
  }

  /**
   * Whether that user may do it to objects of group batchapi.dev, such as {@code batchjobs/scale}.
   */
  boolean allows(String user, String verb, String resource) {
    int slash = resource.indexOf('/');
    var review =
        new SubjectAccessReviewBuilder()
            .withNewSpec()
            .withUser(user)
            .withNewResourceAttributes()
            .withGroup("batchapi.dev")
            .withNamespace(namespace)
            .withVerb(verb)
            .withResource(slash < 0 ? resource : resource.substring(0, slash))
            .withSubresource(slash < 0 ? "" : resource.substring(slash + 1))
            .endResourceAttributes()
            .endSpec()
            .build();
    return client().resource(review).create().getStatus().getAllowed();
  }

  private KubernetesClient client() {
    return Objects.requireNonNull(client);
  }

  private Resource<GenericKubernetesResource> resource(GenericKubernetesResource document) {
    document.getMetadata().setNamespace(namespace);
    return client()
        .genericKubernetesResources(document.getApiVersion(), document.getKind())
        .inNamespace(namespace)
        .resource(document);
  }
}
