package dev.batchapi.operator.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchApiStatus.SubmittedJob;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.crds.Condition;
import dev.batchapi.crds.Condition.Status;
import dev.batchapi.crds.JobPhase;
import dev.batchapi.operator.status.Conditions;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A person, the API server, and the operator that is started and stopped. */
@Tag("alone")
@Timeout(300)
class BatchApiReconcilerIT {
  private static final String INLINE = "handler: {python: {inline: \"class Handler: pass\"}}";
  private static final String IN_A_CONFIG_MAP =
      "handler: {python: {file: tagger.py, configMap: {name: code}}}";

  private static @Nullable InstalledOperator installed;

  private Cluster cluster;
  private RunningOperator operator;

  @BeforeEach
  void start() {
    cluster = Cluster.connect();
    if (installed == null) {
      installed = InstalledOperator.sendAway(cluster.anotherClient());
    }
    operator = RunningOperator.start(cluster);
  }

  @AfterEach
  void stop() {
    if (cluster != null) {
      operator.close();
      cluster.close();
    }
  }

  @AfterAll
  static void takeBackTheInstalledOperator() {
    if (installed != null) {
      installed.close();
    }
  }

  private void restart(Runnable between) {
    operator.close();
    between.run();
    operator = RunningOperator.start(cluster);
  }

  private BatchApi apply(String... spec) {
    return cluster.apply(
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: tagger}
        spec:
        %s
        """
            .formatted(String.join("\n", spec).indent(2)),
        BatchApi.class);
  }

  private BatchApi api() {
    return Objects.requireNonNull(cluster.named(BatchApi.class, "tagger").get());
  }

  private Condition condition(String type) {
    var status = api().getStatus();
    assertThat(status).as("status").isNotNull();
    assertThat(Conditions.find(status.conditions(), type)).as(type).isPresent();
    return Conditions.find(status.conditions(), type).orElseThrow();
  }

  private void becomes(String type, Status status, String reason) {
    cluster.eventually(
        () -> {
          var condition = condition(type);
          assertThat(condition)
              .extracting(Condition::status, Condition::reason, Condition::observedGeneration)
              .as("%s", condition)
              .containsExactly(status, reason, api().getMetadata().getGeneration());
        });
  }

  private List<String> jobs() {
    return cluster
        .client()
        .resources(BatchJob.class)
        .inNamespace(cluster.namespace())
        .list()
        .getItems()
        .stream()
        .map(job -> job.getMetadata().getName())
        .sorted()
        .toList();
  }

  private List<SubmittedJob> remembered() {
    return EntryPlan.remembered(api());
  }

  @Test
  void aHandlerThatIsThereMakesItReady() {
    apply(INLINE);

    becomes("Ready", Status.TRUE, "Ready");
    cluster.eventually(
        () ->
            assertThat(
                    cluster
                        .client()
                        .events()
                        .v1()
                        .events()
                        .inNamespace(cluster.namespace())
                        .list()
                        .getItems())
                .extracting("type", "reason", "regarding.name")
                .contains(tuple("Normal", "Ready", "tagger")));
    assertThat(api().getStatus().jobs()).isNull();
    assertThat(api().getStatus().conditions()).hasSize(1);
  }

  @Test
  void aMissingConfigMapIsNamedAndFoundWhenItComes() {
    apply(IN_A_CONFIG_MAP);
    becomes("Ready", Status.FALSE, "ConfigMapNotFound");
    assertThat(condition("Ready").message())
        .startsWith(
            "ConfigMap \"code\" with the handler's code not found in namespace \"%s\""
                .formatted(cluster.namespace()));

    cluster.apply(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: code}
        data: {other.py: ""}
        """,
        ConfigMap.class);
    becomes("Ready", Status.FALSE, "ConfigMapKeyNotFound");
    assertThat(condition("Ready").message())
        .contains("has no key \"tagger.py\"", "Its keys are: other.py.");

    cluster.apply(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: code}
        data: {tagger.py: ""}
        binaryData: {model.bin: AAAA}
        """,
        ConfigMap.class);
    becomes("Ready", Status.FALSE, "ConfigMapIsBinary");
    assertThat(condition("Ready").message()).contains("has binary data (model.bin)");

    cluster.apply(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: code}
        data: {tagger.py: ""}
        """,
        ConfigMap.class);
    becomes("Ready", Status.TRUE, "Ready");
  }

  @Test
  void aTemplateIsRefusedInTheApiServersOwnWords() {
    apply(INLINE, "template: {spec: {nodeSelektor: {disk: ssd}}}");
    becomes("Ready", Status.FALSE, "TemplateInvalid");
    assertThat(condition("Ready").message())
        .contains("unknown field \"spec.template.spec.nodeSelektor\"");

    apply(INLINE, "template: {spec: {nodeSelector: {disk: true}}}");
    becomes("Ready", Status.FALSE, "TemplateInvalid");
    assertThat(condition("Ready").message()).contains("nodeSelector", "cannot unmarshal bool");

    apply(
        INLINE,
        "template: {spec: {containers: [{name: handler, volumeMounts: [{name: nope, mountPath: /x}]}]}}");
    becomes("Ready", Status.FALSE, "TemplateInvalid");
    assertThat(condition("Ready").message())
        .contains("spec.template.spec.containers[1].volumeMounts[1].name: Not found: \"nope\"");

    apply(INLINE, "template: {spec: {containers: [{name: proxy, image: proxy}]}}");
    becomes("Ready", Status.FALSE, "TemplateInvalid");
    assertThat(condition("Ready").message()).contains("[proxy] would run beside handler");

    apply(INLINE, "template: {spec: {nodeSelector: {disk: ssd}}}");
    becomes("Ready", Status.TRUE, "Ready");
  }

  @Test
  void aTemplateThatTheNamespaceEnforcesAgainstIsRefusedBeforeAnyPodIsMade() {
    apply(
        INLINE,
        "template: {spec: {containers: [{name: handler, securityContext: {allowPrivilegeEscalation: true}}]}}");

    becomes("Ready", Status.FALSE, "TemplateInvalid");
    assertThat(condition("Ready").message())
        .isEqualTo(
            "The Pod Security Standard \"restricted\" does not allow spec.template.spec.containers[handler].securityContext.allowPrivilegeEscalation: true (it must be false). Namespace \"%s\" enforces it by its label pod-security.kubernetes.io/enforce."
                .formatted(cluster.namespace()));
  }

  /** The author may have no right to create pods at all; the operator's hand would make them. */
  @Test
  void whereKubernetesEnforcesNothingTheOperatorStillRefusesTheNodeUntilItsAdminAllowsIt() {
    cluster.label("pod-security.kubernetes.io/enforce", null);
    apply(
        INLINE,
        "template: {spec: {hostNetwork: true, volumes: [{name: node, hostPath: {path: /}}]}}");
    becomes("Ready", Status.FALSE, "TemplateInvalid");
    assertThat(condition("Ready").message())
        .startsWith(
            "The Pod Security Standard \"baseline\" does not allow spec.template.spec.hostNetwork: true; spec.template.spec.volumes[node].hostPath.");

    cluster.label("batchapi.dev/pod-security", "privileged");
    becomes("Ready", Status.TRUE, "Ready");
  }

  @Test
  void everythingThatMayBeWrittenIsAPodThatTheApiServerTakes() {
    apply(
        """
        handler: {python: {file: /app/handler.py}}
        image: registry.example.com/acme/tagger:3
        resources: {requests: {cpu: 500m}, limits: {memory: 1.5Gi, nvidia.com/gpu: 1}}
        env:
          - {name: EMPTY}
          - {name: TOKEN, valueFrom: {secretKeyRef: {name: tokens, key: hub.token, optional: true}}}
          - {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
        template:
          metadata: {labels: {team: vision}}
          spec:
            serviceAccountName: tagger
            automountServiceAccountToken: true
            terminationGracePeriodSeconds: 5
            tolerations: [{key: gpu, operator: Exists}]
            securityContext: {runAsNonRoot: true, fsGroup: 2000}
            initContainers:
              - {name: model, image: model, volumeMounts: [{name: model, mountPath: /model}]}
              - {name: proxy, image: proxy, restartPolicy: Always}
            containers:
              - name: handler
                volumeMounts: [{name: scratch, mountPath: /tmp}, {name: model, mountPath: /model}]
                ports: [{containerPort: 8080}]
            volumes:
              - {name: scratch, emptyDir: {medium: Memory, sizeLimit: 1Gi}}
              - {name: model, emptyDir: {}}
        """);
    becomes("Ready", Status.TRUE, "Ready");
  }

  @Test
  void entriesBecomeJobsOnceWhateverHappens() {
    var entries =
        "jobs: [{name: smoke, workers: 2, input: {count: 10}}, {name: items, input: {items: [{a: 1}, null, 1.5]}}]";
    apply(INLINE, entries);
    becomes("JobsSubmitted", Status.TRUE, "Submitted");
    assertThat(jobs()).containsExactly("tagger-items", "tagger-smoke");
    assertThat(remembered())
        .extracting(SubmittedJob::name, SubmittedJob::jobName)
        .containsExactly(tuple("smoke", "tagger-smoke"), tuple("items", "tagger-items"));
    var smoke = cluster.named(BatchJob.class, "tagger-smoke").get();
    assertThat(smoke.getSpec().apiName()).isEqualTo("tagger");
    assertThat(smoke.getSpec().workers()).isEqualTo(2);
    assertThat(smoke.getMetadata().getOwnerReferences())
        .singleElement()
        .extracting("kind", "name", "controller", "blockOwnerDeletion")
        .containsExactly("BatchAPI", "tagger", true, null);

    // As its time to live does.
    cluster.named(BatchJob.class, "tagger-smoke").delete();
    apply(INLINE, entries, "batchSize: 2");
    becomes("Ready", Status.TRUE, "Ready");
    restart(() -> {});
    apply(INLINE, entries, "batchSize: 3");
    becomes("Ready", Status.TRUE, "Ready");

    assertThat(jobs()).containsExactly("tagger-items");
    assertThat(remembered()).extracting(SubmittedJob::name).containsExactly("smoke", "items");
  }

  @Test
  void aJobThatWasCreatedBeforeTheStatusCouldSaySoIsTakenAsItIs() {
    operator.close();
    var api = apply(INLINE, "jobs: [{name: smoke, input: {count: 10}}]");
    var created = cluster.client().resource(jobOf(api)).create();
    operator = RunningOperator.start(cluster);

    becomes("JobsSubmitted", Status.TRUE, "Submitted");
    assertThat(remembered())
        .singleElement()
        .satisfies(
            job -> {
              assertThat(job.jobName()).isEqualTo("tagger-smoke");
              assertThat(job.submittedTime())
                  .isEqualTo(created.getMetadata().getCreationTimestamp());
            });
    assertThat(cluster.named(BatchJob.class, "tagger-smoke").get().getMetadata().getUid())
        .isEqualTo(created.getMetadata().getUid());
  }

  /** As the operator makes it, but without its label: found by its name alone. */
  private BatchJob jobOf(BatchApi api) {
    var job =
        cluster
            .client()
            .getKubernetesSerialization()
            .unmarshal(
                """
                apiVersion: batchapi.dev/v1alpha1
                kind: BatchJob
                metadata: {name: tagger-smoke}
                spec: {apiName: tagger, input: {count: 10}}
                """,
                BatchJob.class);
    job.getMetadata().setNamespace(cluster.namespace());
    job.getMetadata()
        .setOwnerReferences(
            List.of(
                new OwnerReferenceBuilder()
                    .withApiVersion("batchapi.dev/v1alpha1")
                    .withKind("BatchAPI")
                    .withName("tagger")
                    .withUid(api.getMetadata().getUid())
                    .withController(true)
                    .build()));
    return job;
  }

  @Test
  void anEntryThatIsRemovedTakesItsJobWithItAndRunsAnewWhenItComesBack() {
    apply(INLINE, "jobs: [{name: smoke, input: {count: 10}}, {name: other, input: {count: 1}}]");
    becomes("JobsSubmitted", Status.TRUE, "Submitted");
    var first = cluster.named(BatchJob.class, "tagger-smoke").get().getMetadata().getUid();

    restart(() -> apply(INLINE, "jobs: [{name: other, input: {count: 1}}]"));
    cluster.eventually(() -> assertThat(jobs()).containsExactly("tagger-other"));
    cluster.eventually(
        () -> assertThat(remembered()).extracting(SubmittedJob::name).containsExactly("other"));

    apply(INLINE, "jobs: [{name: smoke, input: {count: 3}}, {name: other, input: {count: 1}}]");
    cluster.eventually(() -> assertThat(jobs()).containsExactly("tagger-other", "tagger-smoke"));
    assertThat(cluster.named(BatchJob.class, "tagger-smoke").get().getMetadata().getUid())
        .isNotEqualTo(first);

    apply(INLINE);
    cluster.eventually(() -> assertThat(jobs()).isEmpty());
    cluster.eventually(
        () ->
            assertThat(api().getStatus().conditions())
                .extracting(Condition::type)
                .containsExactly("Ready"));
  }

  @Test
  void aJobOfSomebodyElseIsLeftAlone() {
    cluster.apply(
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata: {name: tagger-smoke}
        spec: {apiName: tagger, input: {count: 1}}
        """,
        BatchJob.class);
    apply(INLINE, "jobs: [{name: smoke, input: {count: 10}}, {name: other, input: {count: 1}}]");
    becomes("JobsSubmitted", Status.FALSE, "NameTaken");
    assertThat(condition("JobsSubmitted").message()).contains("BatchJob \"tagger-smoke\"");
    assertThat(jobs()).containsExactly("tagger-other", "tagger-smoke");
    assertThat(remembered()).extracting(SubmittedJob::name).containsExactly("other");

    apply(INLINE, "jobs: [{name: other, input: {count: 1}}]");
    becomes("JobsSubmitted", Status.TRUE, "Submitted");
    assertThat(jobs()).containsExactly("tagger-other", "tagger-smoke");

    apply(INLINE, "jobs: [{name: smoke, input: {count: 10}}, {name: other, input: {count: 1}}]");
    becomes("JobsSubmitted", Status.FALSE, "NameTaken");
    cluster.named(BatchJob.class, "tagger-smoke").delete();
    becomes("JobsSubmitted", Status.TRUE, "Submitted");
    assertThat(cluster.named(BatchJob.class, "tagger-smoke").get().getSpec().input().count())
        .isEqualTo(10);
  }

  @Test
  void thePhaseOfItsJobsIsFollowedAndNothingElseIsWritten() {
    apply(INLINE, "jobs: [{name: smoke, input: {count: 10}}]");
    becomes("JobsSubmitted", Status.TRUE, "Submitted");

    phase(JobPhase.RUNNING, 1);
    cluster.eventually(
        () -> assertThat(remembered()).extracting("phase").containsExactly(JobPhase.RUNNING));
    var modified = new CopyOnWriteArrayList<BatchApi>();
    try (var _ = cluster.watch(api(), modified)) {
      phase(JobPhase.RUNNING, 2);
      phase(JobPhase.RUNNING, 3);
      restart(() -> {});
      phase(JobPhase.SUCCEEDED, 4);
      cluster.eventually(
          () -> assertThat(remembered()).extracting("phase").containsExactly(JobPhase.SUCCEEDED));
      cluster.eventually(() -> assertThat(modified).isNotEmpty());
    }
    assertThat(modified)
        .extracting(api -> EntryPlan.remembered(api).getFirst().phase())
        .containsExactly(JobPhase.SUCCEEDED);
  }

  private void phase(JobPhase phase, long generation) {
    var job = new BatchJob();
    job.setMetadata(
        new ObjectMetaBuilder()
            .withName("tagger-smoke")
            .withNamespace(cluster.namespace())
            .build());
    job.setStatus(
        new BatchJobStatus(
            null,
            phase,
            null,
            null,
            null,
            null,
            null,
            null,
            generation,
            null,
            null,
            null,
            null,
            null,
            null));
    cluster.applyStatus(job);
  }
}
