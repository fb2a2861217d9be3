package dev.batchapi.operator.job.act;

import dev.batchapi.operator.job.decide.WorkerPlan;
import dev.batchapi.operator.job.observe.Trouble;
import dev.batchapi.operator.job.observe.WorkerJob;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.Labels;
import dev.batchapi.operator.pod.WorkerJobs;
import dev.batchapi.operator.status.Reason;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes and deletes workers' Jobs, some at a time. */
public final class WorkerActions {
  /** The API server will say the same again: the template, a policy, a quota of Jobs. */
  private static final Set<Integer> REFUSED = Set.of(400, 403, 422);

  /**
   * Calls at a time: enough to make a thousand Jobs in seconds, and few beside what the API server
   * takes of one client at once.
   */
  private static final int AT_ONCE = 16;

  private final KubernetesClient client;

  public WorkerActions(KubernetesClient client) {
    this.client = client;
  }

  /**
   * What became of a plan. What one call was refused is no reason to forget what others have done.
   *
   * @param lost workers that were replaced
   * @param refusal why a Job could not be made
   * @param failure what went wrong otherwise, and is to be tried again; null: nothing
   */
  public record Done(int lost, Optional<Trouble> refusal, @Nullable RuntimeException failure) {}

  /** What became of one Job. */
  private sealed interface Made {}

  private record New() implements Made {}

  private record There() implements Made {}

  private record Refused(Trouble trouble) implements Made {}

  public Done act(WorkerPlan.Plan plan, FrozenJob job, int progress) throws InterruptedException {
    var lost = 0;
    Optional<Trouble> refusal = Optional.empty();
    @Nullable RuntimeException failure = null;
    var create = plan.create();
    // The first alone: when it is refused, so will be the others.
    var first = Math.min(1, create.size());
    for (var part : List.of(create.subList(0, first), create.subList(first, create.size()))) {
      for (int from = 0; from < part.size(); from += AT_ONCE) {
        if (refusal.isPresent() || failure != null) {
          break;
        }
        var some = part.subList(from, Math.min(part.size(), from + AT_ONCE));
        var made = together(some, worker -> create(worker, job, progress));
        for (int i = 0; i < some.size(); i++) {
          try {
            switch (made.get(i).get()) {
              case New _ -> lost += some.get(i).replaces() ? 1 : 0;
              case There _ -> {}
              case Refused(var trouble) -> refusal = Optional.of(trouble);
            }
          } catch (ExecutionException e) {
            failure = unwrapped(e);
          }
        }
      }
    }
    try {
      delete(job.namespace(), plan.delete());
    } catch (RuntimeException e) {
      failure = e;
    }
    return new Done(lost, refusal, failure);
  }

  private Made create(WorkerPlan.NewWorker worker, FrozenJob job, int progress) {
    var made =
        WorkerJobs.of(job, worker.slot(), worker.attempt(), worker.before().losses(), progress);
    if (worker.before().disruptions() > 0) {
      made =
          new JobBuilder(made)
              .editMetadata()
              .addToAnnotations(Labels.DISRUPTED, Integer.toString(worker.before().disruptions()))
              .endMetadata()
              .build();
    }
    try {
      client.resource(made).create();
      return new New();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return nameTaken(made, job.uid()).<Made>map(Refused::new).orElseGet(There::new);
      }
      if (!REFUSED.contains(e.getCode()) || e.getStatus() == null) {
        throw e;
      }
      return new Refused(new Trouble(Reason.WorkerRefused, e.getStatus().getMessage()));
    }
  }

  /** A Job of this name that is none of this BatchJob's. */
  private Optional<Trouble> nameTaken(Job job, String uid) {
    var name = job.getMetadata().getName();
    return client
        .batch()
        .v1()
        .jobs()
        .inNamespace(job.getMetadata().getNamespace())
        .withField("metadata.name", name)
        .list()
        .getItems()
        .stream()
        .filter(there -> !WorkerJob.isOf(there, uid))
        .findFirst()
        .map(
            there ->
                new Trouble(
                    Reason.NameTaken,
                    "there is a Job \"%s\" that does not belong to this BatchJob: delete it, or give the BatchJob another name"
                        .formatted(name)));
  }

  void delete(String namespace, Collection<String> jobs) throws InterruptedException {
    var left = List.copyOf(jobs);
    @Nullable RuntimeException failure = null;
    for (int from = 0; from < left.size(); from += AT_ONCE) {
      var some = left.subList(from, Math.min(left.size(), from + AT_ONCE));
      for (var deleted : together(some, name -> delete(namespace, name))) {
        try {
          deleted.get();
        } catch (ExecutionException e) {
          failure = unwrapped(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Runs some calls together and waits for all of them. */
  private static <T, R> List<Future<R>> together(List<T> some, Function<T, R> call)
      throws InterruptedException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      return threads.invokeAll(
          some.stream().map(one -> (Callable<R>) () -> call.apply(one)).toList());
    }
  }

  private static RuntimeException unwrapped(ExecutionException e) {
    return e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
  }

  private boolean delete(String namespace, String name) {
    client
        .batch()
        .v1()
        .jobs()
        .inNamespace(namespace)
        .withName(name)
        .withPropagationPolicy(DeletionPropagation.BACKGROUND)
        .delete();
    return true;
  }
}
