package dev.batchapi.operator;

import dev.batchapi.operator.api.BatchApiReconciler;
import dev.batchapi.operator.job.BatchJobReconciler;
import dev.batchapi.operator.kube.Kubernetes;
import dev.batchapi.operator.kube.LeaseFence;
import dev.batchapi.operator.pod.PythonHost;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator's process. SIGTERM ends it in order, with exit code 0. */
public final class OperatorMain {
  private static final int FAILED = 1;
  private static final int USAGE = 64;

  /** Within this it has ended, whatever hangs. */
  private static final Duration STOPPED_WITHIN = Duration.ofMillis(4500);

  private OperatorMain() {}

  /**
   * Runs until it is told to stop.
   *
   * @param arguments none; or, to make an image: {@code --print-args FOLDER} and {@code
   *     --print-training-args FOLDER}, see {@link OperatorCommand}, and {@code --train}, to run
   *     without a cluster once, for an AOT cache
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    try {
      switch (String.join(" ", List.of(arguments).subList(0, Math.min(1, arguments.length)))) {
        case "" -> run(settings(System.getenv()));
        case "--train" -> Training.run(OperatorMain::controllers);
        case "--print-args" -> print(OperatorCommand.arguments(folder(arguments)));
        case "--print-training-args" -> print(OperatorCommand.trainingArguments(folder(arguments)));
        default ->
            throw new IllegalArgumentException(
                "The operator takes no arguments: it is told what to do by its environment.");
      }
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(USAGE);
    }
  }

  private static Path folder(String[] arguments) {
    if (arguments.length != 2) {
      throw new IllegalArgumentException("%s FOLDER: which one?".formatted(arguments[0]));
    }
    return Path.of(arguments[1]);
  }

  private static void print(List<String> lines) {
    lines.forEach(System.out::println);
  }

  private static OperatorSettings settings(Map<String, String> environment) {
    var format = environment.getOrDefault("BATCHAPI_LOG_FORMAT", "json");
    if (!List.of("json", "text").contains(format)) {
      throw new IllegalArgumentException(
          "BATCHAPI_LOG_FORMAT is \"%s\", but must be json or text.".formatted(format));
    }
    return OperatorSettings.from(environment);
  }

  private static void run(OperatorSettings settings) throws InterruptedException {
    Logger LOG = LoggerFactory.getLogger(OperatorMain.class);
    Runnable halt = () -> Runtime.getRuntime().halt(FAILED);
    var fence = new LeaseFence(settings.namespace(), System::nanoTime, halt);
    // Of the cluster that KUBECONFIG names, or of the one that this process runs in.
    var client =
        Kubernetes.client(
            Config.autoConfigure(null), http -> http.addOrReplaceInterceptor("lease", fence));
    var process = new OperatorProcess(settings, client, OperatorMain::controllers, fence, halt);
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> stop(process)));
    try {
      process.start();
    } catch (RuntimeException e) {
      LOG.error("The operator can't start.", e);
      Runtime.getRuntime().halt(FAILED);
    }
    Thread.currentThread().join();
  }

  static List<Reconciler<? extends HasMetadata>> controllers(Controllers.Parts parts) {
    var host = Optional.of(PythonHost.read(parts.settings().pythonHost()));
    var clock = Clock.systemUTC();
    return List.of(
        new BatchApiReconciler(parts.settings(), host, parts.events(), clock),
        new BatchJobReconciler(
            parts.settings(), host, parts.queue(), parts.events(), parts.metrics(), clock));
  }

  private static void stop(OperatorProcess process) {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                Thread.sleep(STOPPED_WITHIN);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              Runtime.getRuntime().halt(0);
            });
    process.stop();
    Runtime.getRuntime().halt(0);
  }
}
