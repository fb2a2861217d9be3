package dev.batchapi.operator.job.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.operator.OwnNamespace;
import dev.batchapi.operator.kube.NamespaceLevels;
import dev.batchapi.operator.kube.Namespaces;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.FrozenObjects;
import dev.batchapi.operator.pod.Given;
import dev.batchapi.operator.pod.PodSecurityLevel;
import dev.batchapi.operator.pod.TamperedException;
import dev.batchapi.queue.End;
import dev.batchapi.queue.memory.MemoryQueue;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is left of a job in a real API server, whose BatchAPI and code somebody has deleted. */
@Tag("alone")
class FrozenReadingIT {
  private static final Map<String, String> CODE = Map.of("Handler.java", "class Handler {}");

  private final MemoryQueue queue = new MemoryQueue();
  private final FrozenStore store =
      new FrozenStore(
          Optional.empty(),
          new NamespaceLevels(PodSecurityLevel.BASELINE, new Namespaces(Clock.systemUTC())));
  private final FrozenReading reading = new FrozenReading(store, () -> queue);
  @RegisterExtension private final OwnNamespace own = new OwnNamespace("frozen-");
  private FrozenJob frozen;

  @BeforeEach
  void aJobIsAccepted() {
    var job =
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata: {name: monday, namespace: %s%s}
        spec: {apiName: gone, input: {count: 10}}
        """;
    // A real one: the garbage collector takes what belongs to nobody.
    var made = own.client().resource(job.formatted(own.name(), "")).create();
    var uid = ", uid: " + made.getMetadata().getUid();
    var api =
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: gone, namespace: %s}
        spec:
          handler: {java: {className: Handler, configMap: {name: code}}}
        """
            .formatted(own.name());
    frozen = Given.job(api, job.formatted(own.name(), uid), CODE);
    store.write(frozen, CODE, Optional.empty(), own.client());
    queue.open(frozen.uid(), frozen.run().totalBatches());
  }

  private BatchJob job() {
    var job = new BatchJob();
    job.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(own.name())
            .withName(frozen.name())
            .withUid(frozen.uid())
            .build());
    job.setStatus(
        new BatchJobStatus(
            List.of(),
            null,
            new BatchJobStatus.Batches(frozen.run().totalBatches(), 0, 0, 1),
            null,
            0,
            null,
            null,
            null,
            1L,
            frozen.run().job().startTime(),
            frozen.digest(),
            null,
            null,
            0L,
            null));
    return job;
  }

  private void itsCodeIsDeleted() {
    var name = Objects.requireNonNull(frozen.pod().code()).configMap();
    assertThat(FrozenObjects.code(frozen, CODE).getMetadata().getName()).isEqualTo(name);
    own.client().configMaps().inNamespace(own.name()).withName(name).delete();
  }

  @Test
  void aJobThatRunsIsNothingWithoutItsCode() {
    assertThat(reading.of(job(), own.client())).isEqualTo(frozen);
    itsCodeIsDeleted();

    assertThatThrownBy(() -> reading.of(job(), own.client())).isInstanceOf(TamperedException.class);
  }

  /** Its results are there, and are to be brought to their place. */
  @Test
  void aJobThatHasItsEndNeedsNoCode() {
    queue.end(frozen.uid(), new End(End.Verdict.Complete, "Done.", Instant.now()));
    itsCodeIsDeleted();

    assertThat(reading.of(job(), own.client())).isEqualTo(frozen);
  }

  @Test
  void itsRunIsNeededToTheLast() {
    queue.end(frozen.uid(), new End(End.Verdict.Complete, "Done.", Instant.now()));
    own.client().configMaps().inNamespace(own.name()).delete();

    assertThatThrownBy(() -> reading.of(job(), own.client())).isInstanceOf(TamperedException.class);
  }
}
