package dev.batchapi.cli.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.batchapi.crds.BatchApiSpec;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.BatchRules;
import dev.batchapi.crds.JobEntry;
import dev.batchapi.crds.JobInput;
import dev.batchapi.crds.Limits;
import dev.batchapi.crds.NamedSpec;
import dev.batchapi.crds.run.Freeze;
import dev.batchapi.runtime.host.Nearest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts the documents of all files together; what is wrong goes into the list it was given. */
final class ManifestLoader {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final String NAME = "metadata.name";
  private static final String NO_KEY =
      "keys must be letters, digits, '-', '_' and '.', as names of files are";

  private final List<Problem> problems;
  private final DocumentCheck check = new DocumentCheck();
  private final List<Located<NamedSpec<BatchApiSpec>>> apis = new ArrayList<>();
  private final List<Job> jobs = new ArrayList<>();
  private final List<Located<ConfigMap>> configMaps = new ArrayList<>();
  private final List<Secret> secrets = new ArrayList<>();
  private final List<Located<JsonNode>> documents = new ArrayList<>();
  private final List<Problem> skipped = new ArrayList<>();
  private final List<HandlerSources> sources = new ArrayList<>();

  /** Everything that has a name, valid or not, and where it stands. */
  private final Map<Id, String> taken = new LinkedHashMap<>();

  private record Id(Kind kind, String namespace, String name) {}

  /**
   * A job and its document.
   *
   * @param root what makes it: {@code spec}, or an entry of a BatchAPI's {@code spec.jobs}
   */
  private record Job(NamedSpec<BatchJobSpec> spec, Document document, String root) {
    Located<NamedSpec<BatchJobSpec>> located() {
      return new Located<>(spec, document.file(), document.line(root.equals("spec") ? "" : root));
    }
  }

  ManifestLoader(List<Problem> problems) {
    this.problems = problems;
  }

  void add(Document document) {
    if (document.isList()) {
      document.items().forEach(this::add);
    } else {
      Kind.of(document, problems, skipped).ifPresent(kind -> add(kind, document));
    }
  }

  /** Tells of a file that is not read. */
  void skip(Path file, String why) {
    skipped.add(new Problem(file, 0, "", why));
  }

  Manifests finish() {
    jobs.forEach(this::checkAgainstApi);
    return new Manifests(
        apis,
        jobs.stream().map(Job::located).toList(),
        configMaps,
        secrets,
        documents,
        skipped,
        missing());
  }

  private List<Missing> missing() {
    var known = configMaps.stream().map(Located::value).toList();
    return sources.stream().flatMap(source -> source.check(known).stream()).toList();
  }

  private void add(Kind kind, Document document) {
    // The check fills in defaults.
    documents.add(new Located<>(document.json().deepCopy(), document.file(), document.line("")));
    List<Problem> found = check.check(kind, document);
    problems.addAll(found);
    Optional<Id> id = id(kind, document.json().path("metadata"));
    if (id.isEmpty() || !take(id.get(), document, NAME)) {
      return;
    }
    if (!found.isEmpty()) {
      problems.addAll(
          new RemainingRules(kind, document, found).check(id.get().namespace, id.get().name));
      return;
    }
    switch (kind) {
      case BATCH_API -> api(named(id.get(), document, BatchApiSpec.class), document);
      case BATCH_JOB -> job(named(id.get(), document, BatchJobSpec.class), document);
      case CONFIG_MAP -> configMap(id.get(), document);
      case SECRET -> secret(id.get(), document);
    }
  }

  private void api(NamedSpec<BatchApiSpec> api, Document document) {
    report(BatchRules.checkApi(api), document);
    apis.add(new Located<>(api, document.file(), document.line("")));
    if (problems.isEmpty()) { // else it may name no source, or several
      sources.add(new HandlerSources(api, document));
    }
    List<JobEntry> entries = api.spec().jobs() == null ? List.of() : api.spec().jobs();
    for (int i = 0; i < entries.size(); i++) {
      String path = Document.entry("spec.jobs", i);
      var job = entries.get(i).toJob(api.namespace(), api.name());
      if (take(new Id(Kind.BATCH_JOB, job.namespace(), job.name()), document, path + ".name")) {
        jobs.add(new Job(job, document, path));
      }
    }
  }

  private void job(NamedSpec<BatchJobSpec> job, Document document) {
    report(BatchRules.checkJob(job), document);
    jobs.add(new Job(job, document, "spec"));
  }

  private void configMap(Id id, Document document) {
    var data = new LinkedHashMap<String, String>();
    for (var entry : document.json().path("data").properties()) {
      checkKey("data", entry.getKey(), document);
      data.put(entry.getKey(), entry.getValue().textValue());
    }
    var binary = new LinkedHashSet<String>();
    for (var entry : document.json().path("binaryData").properties()) {
      checkKey("binaryData", entry.getKey(), document);
      binary.add(entry.getKey());
    }
    var configMap = new ConfigMap(id.namespace, id.name, data, binary);
    configMaps.add(new Located<>(configMap, document.file(), document.line("")));
  }

  private void secret(Id id, Document document) {
    var data = new LinkedHashMap<String, String>();
    for (var entry : document.json().path("data").properties()) {
      checkKey("data", entry.getKey(), document);
      try {
        var bytes = Base64.getMimeDecoder().decode(entry.getValue().textValue());
        data.put(entry.getKey(), new String(bytes, StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        problems.add(
            document.problem(
                Document.field("data", entry.getKey()),
                "is not in base64; text as it is goes into stringData"));
      }
    }
    for (var entry : document.json().path("stringData").properties()) {
      checkKey("stringData", entry.getKey(), document);
      data.put(entry.getKey(), entry.getValue().textValue());
    }
    secrets.add(new Secret(id.namespace, id.name, data));
  }

  private void checkKey(String field, String key, Document document) {
    if (!key.matches("[-._a-zA-Z0-9]+") || key.equals(".") || key.equals("..")) {
      problems.add(document.problem(Document.field(field, key), NO_KEY));
    }
  }

  private void checkAgainstApi(Job job) {
    String namespace = job.spec.namespace();
    String apiName = job.spec.spec().apiName();
    if (!taken.containsKey(new Id(Kind.BATCH_API, namespace, apiName))) {
      problems.add(job.document.problem("spec.apiName", noApi(namespace, apiName)));
    }
    apis.stream()
        .map(Located::value)
        .filter(api -> api.namespace().equals(namespace) && api.name().equals(apiName))
        .findFirst()
        .ifPresent(api -> checkBatches(job, api.spec()));
  }

  private void checkBatches(Job job, BatchApiSpec api) {
    int batchSize = Freeze.batchSize(api, job.spec.spec());
    items(job.spec.spec().input())
        .flatMap(items -> Limits.checkBatches(items, batchSize))
        .ifPresent(
            found ->
                problems.add(
                    job.document.problem(
                        found.path().replaceFirst("spec", job.root()), found.message())));
  }

  /** How many there are, if that is known before a ConfigMap is read. */
  private static Optional<Integer> items(JobInput input) {
    return input.items() == null
        ? Optional.ofNullable(input.count())
        : Optional.of(input.items().size());
  }

  private String noApi(String namespace, String apiName) {
    String missing = "no BatchAPI \"%s\" in these files".formatted(apiName);
    for (Id id : taken.keySet()) {
      if (id.kind == Kind.BATCH_API && id.name.equals(apiName)) {
        return "BatchAPI \"%s\" is in namespace %s and this BatchJob in %s: they must be in one"
            .formatted(apiName, id.namespace, namespace);
      }
    }
    List<String> known =
        taken.keySet().stream()
            .filter(id -> id.kind == Kind.BATCH_API && id.namespace.equals(namespace))
            .map(Id::name)
            .toList();
    if (known.isEmpty()) {
      return missing + ": name the file that has it, too";
    }
    String hint = Nearest.question(apiName, known);
    return missing + (hint.isEmpty() ? "; they have " + String.join(", ", known) : hint);
  }

  private boolean take(Id id, Document document, String path) {
    String place = document.file() + ":" + document.line(path);
    String first = taken.putIfAbsent(id, place);
    if (first != null) {
      problems.add(
          document.problem(
              path, "there is a %s \"%s\" already, in %s".formatted(id.kind.kind, id.name, first)));
    }
    return first == null;
  }

  /** Of a generated name: the first number that is free, where a cluster takes random letters. */
  private Optional<Id> id(Kind kind, JsonNode metadata) {
    String namespace = metadata.path("namespace").asText("default");
    if (metadata.path("name").isTextual()) {
      return Optional.of(new Id(kind, namespace, metadata.get("name").textValue()));
    }
    if (!metadata.path("generateName").isTextual()) {
      return Optional.empty();
    }
    for (int number = 1; ; number++) {
      var id = new Id(kind, namespace, metadata.get("generateName").textValue() + number);
      if (!taken.containsKey(id)) {
        return Optional.of(id);
      }
    }
  }

  private void report(List<dev.batchapi.crds.Problem> found, Document document) {
    found.forEach(p -> problems.add(document.problem(p.path(), p.message())));
  }

  private static <S> NamedSpec<S> named(Id id, Document document, Class<S> type) {
    S spec = MAPPER.convertValue(document.json().get("spec"), type);
    return new NamedSpec<>(id.namespace, id.name, spec);
  }
}
