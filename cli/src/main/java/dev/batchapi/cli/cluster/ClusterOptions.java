package dev.batchapi.cli.cluster;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which cluster is meant, and where in it; the names of the options are kubectl's. */
public final class ClusterOptions {
  @Option(
      names = "--context",
      paramLabel = "NAME",
      description = "The context of kubectl's configuration. Default: its current one.")
  private @Nullable String context;

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAME",
      description = "The namespace. Default: the one in the file, else the context's.")
  private @Nullable String namespace;

  /**
   * Opens it; nothing is asked yet.
   *
   * @throws ClusterException if kubectl's configuration names none
   */
  public Cluster open() throws ClusterException {
    return Cluster.open(context, namespace);
  }
}
