package dev.batchapi.crds.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Strict both ways: a field too many, missing, null or of another type is an error that names it.
 * What is null in Java is absent in JSON.
 */
final class RunSpecJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              c ->
                  c.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private RunSpecJson() {}

  static byte[] write(RunSpec run) {
    try {
      return MAPPER.writeValueAsBytes(run);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RunSpec read(InputStream json) {
    try (json) {
      return read(json.readAllBytes());
    } catch (IOException e) {
      throw new RunSpecException("the run cannot be read: " + e.getMessage(), e);
    }
  }

  static RunSpec read(byte[] json) {
    try {
      JsonNode tree = MAPPER.readTree(json);
      if (!tree.isObject()) {
        throw new RunSpecException("the run is no JSON object", null);
      }
      refuseNulls("", tree);
      return MAPPER.treeToValue(tree, RunSpec.class);
    } catch (JsonMappingException e) {
      throw new RunSpecException("the run is wrong" + path(e) + ": " + sentence(e), e);
    } catch (IOException e) {
      throw new RunSpecException("the run is no JSON: " + e.getMessage(), e);
    }
  }

  /** The records say "required" of what may be absent, but Jackson lets an explicit null pass. */
  private static void refuseNulls(String path, JsonNode tree) {
    if (path.equals("config")) {
      return;
    }
    for (var field : tree.properties()) {
      String at = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
      if (field.getValue().isNull()) {
        throw new RunSpecException("the run is wrong at " + at + ": must not be null", null);
      }
      refuseNulls(at, field.getValue());
    }
  }

  private static String path(JsonMappingException e) {
    var path = new StringBuilder();
    for (var step : e.getPath()) {
      if (step.getFieldName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? " at " : ".").append(step.getFieldName());
      }
    }
    return path.toString();
  }

  private static @Nullable String sentence(JsonMappingException e) {
    return switch (e) {
      case UnrecognizedPropertyException unknown -> "unknown field";
      case ValueInstantiationException invalid when invalid.getCause() != null ->
          invalid.getCause().getMessage();
      case InvalidFormatException format when format.getTargetType().isEnum() ->
          "\"%s\" is none of %s"
              .formatted(
                  format.getValue(),
                  Arrays.stream(format.getTargetType().getEnumConstants())
                      .map(c -> c.toString().toLowerCase(Locale.ROOT))
                      .collect(Collectors.joining(", ")));
      case MismatchedInputException mismatch
          when mismatch.getOriginalMessage().startsWith("Missing required") ->
          "is missing";
      case MismatchedInputException mismatch when mismatch.getTargetType() != null ->
          "must be " + kind(mismatch.getTargetType());
      default -> e.getOriginalMessage();
    };
  }

  private static String kind(Class<?> type) {
    if (type == int.class || type == Integer.class) {
      return "a whole number";
    }
    if (type == boolean.class) {
      return "true or false";
    }
    if (type == String.class) {
      return "text";
    }
    return Collection.class.isAssignableFrom(type) ? "a list" : "an object";
  }
}
