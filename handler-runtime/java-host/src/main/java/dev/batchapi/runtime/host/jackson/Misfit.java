package dev.batchapi.runtime.host.jackson;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import dev.batchapi.runtime.host.BindingException;
import dev.batchapi.runtime.host.Nearest;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Jackson's exceptions in the words of someone who doesn't think in Jackson. */
final class Misfit {
  private Misfit() {}

  /**
   * JSON that doesn't fit the type it is read as.
   *
   * @param json the JSON from {@code offset} on, {@code length} bytes of it
   */
  static BindingException reading(
      String root,
      JavaType type,
      Exception failure,
      ObjectMapper mapper,
      byte[] json,
      int offset,
      int length) {
    String expected = type.getRawClass().getName();
    return switch (failure) {
      case UnrecognizedPropertyException e -> unknownField(root, e);
      case JsonMappingException e -> {
        String place = Paths.of(root, e.getPath());
        Throwable thrown = thrownByAuthor(e);
        if (thrown != null) {
          yield new BindingException(
              "%s is refused by %s: %s".formatted(place, expected, said(thrown)), thrown);
        }
        Wanted wanted = Wanted.by(e, mapper);
        yield new BindingException(
            wanted == null
                ? "%s does not fit %s: %s".formatted(place, expected, words(e))
                : place
                    + " "
                    + wanted.sentence(Found.at(e.getPath(), mapper, json, offset, length), type),
            null);
      }
      case JsonProcessingException e ->
          new BindingException(
              "%s can't be read as JSON: %s".formatted(root, e.getOriginalMessage()), null);
      default ->
          new BindingException("%s does not fit %s: %s".formatted(root, expected, failure), null);
    };
  }

  private static BindingException unknownField(String root, UnrecognizedPropertyException e) {
    Collection<Object> ids = e.getKnownPropertyIds();
    List<String> known = ids == null ? List.of() : ids.stream().map(String::valueOf).toList();
    return new BindingException(
        "%s is not a field of %s%s"
            .formatted(
                Paths.of(root, e.getPath()),
                e.getReferringClass().getName(),
                Nearest.hint(e.getPropertyName(), known)),
        null);
  }

  /** A result, or a part of it, that can't be written. */
  static BindingException writing(ResultGenerator generator, Exception failure) {
    return switch (failure) {
      case NotJsonException e -> new BindingException(said(e), null);
      case InvalidDefinitionException e ->
          new BindingException(
              "%s is a %s, which can't be written as JSON: %s"
                  .formatted(
                      Paths.of("result", e.getPath()),
                      e.getType() == null ? "value" : e.getType().toCanonical(),
                      e.getOriginalMessage().startsWith("No serializer found")
                          ? "it has no public field or getter; a record has what is needed"
                          : e.getOriginalMessage()),
              null);
      case JsonMappingException e -> {
        String place = Paths.of("result", e.getPath());
        Throwable thrown = thrownByAuthor(e);
        yield new BindingException(
            thrown == null
                ? "%s can't be written as JSON: %s".formatted(place, e.getOriginalMessage())
                : "%s can't be written as JSON: reading it threw: %s"
                    .formatted(place, said(thrown)),
            thrown);
      }
      case JsonProcessingException e ->
          new BindingException(
              "%s can't be written as JSON: %s".formatted(generator.path(), e.getOriginalMessage()),
              null);
      default ->
          new BindingException(
              "%s can't be written as JSON: %s".formatted(generator.path(), said(failure)),
              failure);
    };
  }

  private static String words(JsonMappingException failure) {
    return hasNoConstructor(failure)
        ? "the type there can't be made from a JSON object; a record can, or a class that has a constructor without arguments"
        : failure.getOriginalMessage();
  }

  /** Whether nothing would fit: Jackson has only words for it. */
  static boolean hasNoConstructor(JsonMappingException failure) {
    String words = String.valueOf(failure.getOriginalMessage());
    return words.contains("no Creators, like default constructor")
        || words.contains("no delegate- or property-based Creator");
  }

  private static @Nullable Throwable thrownByAuthor(JsonMappingException failure) {
    if (failure instanceof InvalidDefinitionException
        || failure instanceof InvalidFormatException) {
      return null; // Their type or the JDK's parser, and not their code.
    }
    Throwable cause = failure.getCause();
    while (cause instanceof JsonMappingException) {
      cause = cause.getCause();
    }
    return cause instanceof JsonProcessingException || cause instanceof StackOverflowError
        ? null
        : cause;
  }

  private static String said(Throwable thrown) {
    String type = thrown.getClass().getName();
    try {
      String message = thrown.getMessage();
      return message == null ? type : message;
    } catch (RuntimeException | Error unreadable) {
      return type;
    }
  }
}
