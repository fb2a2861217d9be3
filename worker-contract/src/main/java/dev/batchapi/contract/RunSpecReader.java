package dev.batchapi.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One object of a run, field by field. Strict: a field too many, missing, null or of another type
 * is an error that names it.
 *
 * <p>A worker never meets a run of another version: its image was frozen with the job.
 *
 * <p>By hand, and without an ObjectMapper: binding records by introspection is a quarter of a
 * second of a starting worker's time.
 */
final class RunSpecReader {
  private final String path;
  private final JsonNode json;
  private final Set<String> known = new HashSet<>();

  private RunSpecReader(String path, JsonNode json) {
    this.path = path;
    this.json = json;
  }

  static RunSpec run(JsonNode json) {
    return of("", json, RunSpecReader::run);
  }

  private static RunSpec run(RunSpecReader json) {
    return new RunSpec(
        json.record("job", RunSpecReader::job),
        json.record("handler", RunSpecReader::handler),
        json.object("config"),
        json.number("batchSize"),
        json.number("items"),
        json.number("totalBatches"),
        json.record("retry", RunSpecReader::retry),
        json.record("timeouts", RunSpecReader::timeouts),
        json.optionalNumber("maxFailedBatches"),
        json.optionalNumber("maxFailedItems"),
        json.record("metrics", RunSpecReader::metrics),
        json.optionalObject("files"),
        json.optionalRecord("output", RunSpecReader::output),
        json.optionalRecord("rateLimit", RunSpecReader::rateLimit),
        json.optionalRecord("rerun", RunSpecReader::rerun));
  }

  private static RunSpec.Job job(RunSpecReader json) {
    return new RunSpec.Job(
        json.text("uid"),
        json.text("name"),
        json.text("namespace"),
        json.text("apiName"),
        json.number("workers"),
        json.text("startTime"));
  }

  private static RunSpec.Handler handler(RunSpecReader json) {
    return new RunSpec.Handler(
        json.language(),
        json.optionalText("file"),
        json.bool("inCodeFolder"),
        json.text("className"),
        json.texts("classpath"),
        json.results(),
        json.optional("concurrency") == null ? 1 : json.number("concurrency"));
  }

  private static RunSpec.Output output(RunSpecReader json) {
    return new RunSpec.Output(json.text("path"), json.texts("include"));
  }

  private static RunSpec.Rerun rerun(RunSpecReader json) {
    return new RunSpec.Rerun(json.text("job"), json.text("uid"));
  }

  private static RunSpec.Retry retry(RunSpecReader json) {
    return new RunSpec.Retry(
        json.number("maxAttempts"),
        json.number("initialBackoffSeconds"),
        json.number("maxBackoffSeconds"));
  }

  private static RunSpec.RateLimit rateLimit(RunSpecReader json) {
    return new RunSpec.RateLimit(json.decimal("perSecond"), json.number("burst"));
  }

  private static RunSpec.Timeouts timeouts(RunSpecReader json) {
    return new RunSpec.Timeouts(
        json.optionalNumber("startupSeconds"),
        json.optionalNumber("batchSeconds"),
        json.optionalNumber("runSeconds"));
  }

  private static RunSpec.Metrics metrics(RunSpecReader json) {
    return new RunSpec.Metrics(
        json.optionalText("statsd"), json.optionalFlavour("flavour"), json.textsByName("tags"));
  }

  private static <T> T of(String path, JsonNode json, Function<RunSpecReader, T> make) {
    if (!json.isObject()) {
      throw wrong(path, "must be an object");
    }
    var reader = new RunSpecReader(path, json);
    T made;
    try {
      made = make.apply(reader);
    } catch (IllegalArgumentException e) {
      throw new RunSpecException(message(path, String.valueOf(e.getMessage())), e);
    }
    reader.refuseUnknown();
    return made;
  }

  private void refuseUnknown() {
    for (var field : json.properties()) {
      if (!known.contains(field.getKey())) {
        throw wrong(at(field.getKey()), "unknown field");
      }
    }
  }

  private @Nullable JsonNode optional(String field) {
    known.add(field);
    var value = json.get(field);
    if (value != null && value.isNull()) {
      throw wrong(at(field), "must not be null");
    }
    return value;
  }

  private JsonNode required(String field) {
    var value = optional(field);
    if (value == null) {
      throw wrong(at(field), "is missing");
    }
    return value;
  }

  private <T> T record(String field, Function<RunSpecReader, T> make) {
    return of(at(field), required(field), make);
  }

  private <T> @Nullable T optionalRecord(String field, Function<RunSpecReader, T> make) {
    return optional(field) == null ? null : record(field, make);
  }

  private ObjectNode object(String field) {
    if (required(field) instanceof ObjectNode object) {
      return object;
    }
    throw wrong(at(field), "must be an object");
  }

  private @Nullable ObjectNode optionalObject(String field) {
    return optional(field) == null ? null : object(field);
  }

  private int number(String field) {
    return number(at(field), required(field));
  }

  private @Nullable Integer optionalNumber(String field) {
    var value = optional(field);
    return value == null ? null : Integer.valueOf(number(at(field), value));
  }

  private static int number(String at, JsonNode value) {
    if (!value.isIntegralNumber()) {
      throw wrong(at, "must be a whole number");
    }
    if (!value.canConvertToInt()) {
      throw wrong(at, value + " is out of range");
    }
    return value.intValue();
  }

  private double decimal(String field) {
    var value = required(field);
    if (!value.isNumber()) {
      throw wrong(at(field), "must be a number");
    }
    return value.doubleValue();
  }

  private boolean bool(String field) {
    var value = required(field);
    if (!value.isBoolean()) {
      throw wrong(at(field), "must be true or false");
    }
    return value.booleanValue();
  }

  private String text(String field) {
    return text(at(field), required(field));
  }

  private @Nullable String optionalText(String field) {
    var value = optional(field);
    return value == null ? null : text(at(field), value);
  }

  private static String text(String at, JsonNode value) {
    if (value.isNull()) {
      throw wrong(at, "must not be null");
    }
    if (!value.isTextual()) {
      throw wrong(at, "must be text");
    }
    return value.textValue();
  }

  private List<String> texts(String field) {
    var list = required(field);
    if (!list.isArray()) {
      throw wrong(at(field), "must be a list");
    }
    var texts = new ArrayList<String>();
    for (var i = 0; i < list.size(); i++) {
      texts.add(text(at(field) + "[" + i + "]", list.get(i)));
    }
    return texts;
  }

  private Map<String, String> textsByName(String field) {
    var object = object(field);
    var texts = new HashMap<String, String>();
    for (var entry : object.properties()) {
      texts.put(entry.getKey(), text(at(field) + "." + entry.getKey(), entry.getValue()));
    }
    return texts;
  }

  private RunSpec.Language language() {
    var text = text("language");
    if (text.equals("python")) {
      return RunSpec.Language.PYTHON;
    }
    if (text.equals("java")) {
      return RunSpec.Language.JAVA;
    }
    throw wrong(at("language"), "\"%s\" is none of python, java".formatted(text));
  }

  /** A run that was frozen before it could say so is one of the default. */
  private RunSpec.Results results() {
    var text = optionalText("results");
    if (text == null || text.equals("Item")) {
      return RunSpec.Results.ITEM;
    }
    if (text.equals("Batch")) {
      return RunSpec.Results.BATCH;
    }
    throw wrong(at("results"), "\"%s\" is none of Item, Batch".formatted(text));
  }

  private @Nullable MetricsFlavour optionalFlavour(String field) {
    var text = optionalText(field);
    if (text == null) {
      return null;
    }
    if (text.equals("prometheus")) {
      return MetricsFlavour.PROMETHEUS;
    }
    if (text.equals("datadog")) {
      return MetricsFlavour.DATADOG;
    }
    throw wrong(at(field), "\"%s\" is none of prometheus, datadog".formatted(text));
  }

  private String at(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  private static RunSpecException wrong(String at, String what) {
    return new RunSpecException(message(at, what), null);
  }

  private static String message(String at, String what) {
    return "the run is wrong" + (at.isEmpty() ? "" : " at " + at) + ": " + what;
  }
}
