package dev.batchapi.cli.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.batchapi.crds.BatchApiSpec;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.NamedSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What stands in some files, checked and with defaults filled in.
 *
 * @param apis the BatchAPIs
 * @param jobs the BatchJobs, and the entries of {@code jobs} of each BatchAPI as {@code
 *     <api>-<entry>}
 * @param configMaps the ConfigMaps
 * @param secrets the Secrets; all four in the order of the files
 * @param documents the same objects as they are written, without defaults
 * @param skipped what is of another kind and not read
 * @param missing code of handlers that is not on this machine
 */
public record Manifests(
    List<Located<NamedSpec<BatchApiSpec>>> apis,
    List<Located<NamedSpec<BatchJobSpec>>> jobs,
    List<Located<ConfigMap>> configMaps,
    List<Secret> secrets,
    List<Located<JsonNode>> documents,
    List<Problem> skipped,
    List<Missing> missing) {

  private static final String KUSTOMIZATION =
      "is skipped: its files are read as they are. What it makes of them runs with:"
          + " kubectl kustomize FOLDER | batchapi run -";

  public Manifests {
    apis = List.copyOf(apis);
    jobs = List.copyOf(jobs);
    configMaps = List.copyOf(configMaps);
    secrets = List.copyOf(secrets);
    documents = List.copyOf(documents);
    skipped = List.copyOf(skipped);
    missing = List.copyOf(missing);
  }

  /**
   * Loads files of BatchAPIs, BatchJobs, ConfigMaps and Secrets.
   *
   * @param files YAML files, and folders that stand for the YAML files in them
   * @throws ManifestException with everything that is wrong in them
   */
  public static Manifests load(List<Path> files) throws ManifestException {
    var problems = new ArrayList<Problem>();
    var loader = new ManifestLoader(problems);
    List<Path> expanded = ManifestFiles.expand(files, problems);
    for (Path file : expanded) {
      if (ManifestFiles.isKustomization(file)) {
        loader.skip(file, KUSTOMIZATION);
      } else {
        YamlFile.read(file, problems).forEach(loader::add);
      }
    }
    Manifests manifests = loader.finish();
    if (!problems.isEmpty()) {
      problems.sort(
          Comparator.comparingInt((Problem problem) -> expanded.indexOf(problem.file()))
              .thenComparingInt(Problem::line));
      throw new ManifestException(problems);
    }
    return manifests;
  }

  /** The BatchAPI of a job; every job of the files has one. */
  public Located<NamedSpec<BatchApiSpec>> apiOf(NamedSpec<BatchJobSpec> job) {
    return apis.stream()
        .filter(
            api ->
                api.value().namespace().equals(job.namespace())
                    && api.value().name().equals(job.spec().apiName()))
        .findFirst()
        .orElseThrow();
  }

  /** A ConfigMap, if it is in the files. */
  public Optional<ConfigMap> configMap(String namespace, String name) {
    return configMaps.stream()
        .map(Located::value)
        .filter(map -> map.namespace().equals(namespace) && map.name().equals(name))
        .findFirst();
  }

  /** The data of a Secret, if it is in the files. */
  public Optional<Map<String, String>> secret(String namespace, String name) {
    return secrets.stream()
        .filter(secret -> secret.namespace().equals(namespace) && secret.name().equals(name))
        .findFirst()
        .map(Secret::data);
  }
}
