package dev.batchapi.runtime.host.jackson;

import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import java.lang.invoke.MethodType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an author's type wants at a place where something else stands.
 *
 * @param type of the field, or of the whole
 * @param words what must stand there
 * @param more what else there is to say, or nothing
 */
record Wanted(Class<?> type, String words, String more) {
  private static final int MOST_CONSTANTS = 12;

  private static final Map<Class<?>, String> PLAIN =
      Map.ofEntries(
          Map.entry(boolean.class, "true or false"),
          Map.entry(Boolean.class, "true or false"),
          Map.entry(byte.class, whole(Byte.MIN_VALUE, Byte.MAX_VALUE)),
          Map.entry(Byte.class, whole(Byte.MIN_VALUE, Byte.MAX_VALUE)),
          Map.entry(short.class, whole(Short.MIN_VALUE, Short.MAX_VALUE)),
          Map.entry(Short.class, whole(Short.MIN_VALUE, Short.MAX_VALUE)),
          Map.entry(int.class, whole(Integer.MIN_VALUE, Integer.MAX_VALUE)),
          Map.entry(Integer.class, whole(Integer.MIN_VALUE, Integer.MAX_VALUE)),
          Map.entry(long.class, whole(Long.MIN_VALUE, Long.MAX_VALUE)),
          Map.entry(Long.class, whole(Long.MIN_VALUE, Long.MAX_VALUE)),
          Map.entry(BigInteger.class, "a whole number"),
          Map.entry(float.class, "a number"),
          Map.entry(Float.class, "a number"),
          Map.entry(double.class, "a number"),
          Map.entry(Double.class, "a number"),
          Map.entry(BigDecimal.class, "a number"),
          Map.entry(char.class, "one character"),
          Map.entry(Character.class, "one character"),
          Map.entry(String.class, "text"));

  /** What this failure says; null if it is of another kind. */
  static @Nullable Wanted by(JsonMappingException failure, ObjectMapper mapper) {
    if (failure instanceof InvalidDefinitionException || Misfit.hasNoConstructor(failure)) {
      return null; // Nothing would fit.
    }
    if (failure instanceof InvalidTypeIdException) {
      return null; // Jackson names the types that it knows.
    }
    Class<?> type =
        failure instanceof MismatchedInputException mismatch
            ? mismatch.getTargetType()
            : failure.getCause() instanceof InputCoercionException number
                ? number.getTargetType()
                : null;
    if (type == null) {
      return null;
    }
    Throwable cause = failure instanceof InvalidFormatException ? failure.getCause() : null;
    return new Wanted(
        type,
        words(type, mapper),
        cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage());
  }

  /** The whole sentence after the place. */
  String sentence(String found, JavaType whole) {
    String name = whole.getRawClass().getName();
    boolean plain = Collection.class.isAssignableFrom(type) || type.getName().equals(name);
    boolean none = type.isPrimitive() && (found.equals(Found.NULL) || found.equals(Found.MISSING));
    String boxed = MethodType.methodType(type).wrap().returnType().getSimpleName();
    return "is %s, and must be %s (%s)%s%s"
        .formatted(
            found,
            words,
            plain ? name : type.getName() + " in " + name,
            none ? "; " + boxed + " in its place may be null" : "",
            more);
  }

  private static String whole(long least, long most) {
    return "a whole number from %d to %d".formatted(least, most);
  }

  private static String words(Class<?> type, ObjectMapper mapper) {
    String plain = PLAIN.get(type);
    if (plain != null) {
      return plain;
    }
    if (type.isEnum()) {
      return "one of " + constants(type, mapper);
    }
    if (type.isArray() || Collection.class.isAssignableFrom(type)) {
      return "a list";
    }
    if (Map.class.isAssignableFrom(type)) {
      return "an object";
    }
    if (type.getName().startsWith("java.")) {
      return ("AEIOU".indexOf(type.getSimpleName().charAt(0)) < 0 ? "a " : "an ")
          + type.getSimpleName();
    }
    List<String> fields =
        mapper
            .getDeserializationConfig()
            .introspect(mapper.constructType(type))
            .findProperties()
            .stream()
            .map(BeanPropertyDefinition::getName)
            .toList();
    return fields.isEmpty() ? "an object" : "an object with " + Found.fields(fields);
  }

  /** As JSON has them: an annotation may give them other names. */
  private static String constants(Class<?> type, ObjectMapper mapper) {
    Object[] all = type.getEnumConstants();
    List<String> shown =
        Arrays.stream(all)
            .limit(MOST_CONSTANTS)
            .map(constant -> mapper.convertValue(constant, JsonNode.class).asText())
            .toList();
    return String.join(", ", shown) + (all.length > MOST_CONSTANTS ? ", …" : "");
  }
}
